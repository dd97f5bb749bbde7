import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { createActor, waitFor } from 'xstate';
import { createFifoReader } from '../../actors/events/fifo-reader.ts';
import { fifoReaderMachine } from '../../machines/fifo-reader/machine.ts';
import { type AcceptedBatch, createIntake } from '../../src/lib/journal/intake.ts';
import { type Journal, openJournal } from '../../src/lib/journal/journal.ts';
import { loadSplice } from '../../src/lib/journal/splice.ts';
import { createAcceptance } from '../../src/lib/wire/acceptance.ts';
import { closeAfterTest } from './closers.ts';
import type { Rejected } from './journal-rig.ts';
import { tempDir } from './temp-dir.ts';

export interface ReaderOptions {
  dir?: string;
  maxJournalBytes?: number;
  /** What stands between the reader and its journal. */
  around?: (journal: Journal) => Journal;
}

/** A reader with a real pipe, journal and intake, started; stopped after the test. */
export function startReader({
  dir = tempDir(),
  maxJournalBytes = 1e9,
  around = (journal) => journal,
}: ReaderOptions = {}) {
  const fifo = join(dir, 'events.fifo');
  const journal = openJournal({ dir: join(dir, 'journal'), splice: loadSplice() });
  const rejected: Rejected[] = [];
  const accepted: string[] = [];
  const acceptance = createAcceptance((key) => accepted.push(key));
  const intake = createIntake({
    journal,
    coalesces: () => false,
    onRejected: ({ reason, sample }) => rejected.push({ reason, sample: sample() }),
    onLowered: () => undefined,
    onDedupKey: (key, end) => acceptance.recordAccepted(key, end),
    wantsDedupKeys: () => acceptance.isAnyoneWaiting(),
  });
  while (intake.next() !== undefined);
  intake.resume();
  const lines: string[] = [];
  const stuck: string[] = [];
  const aside: string[] = [];
  const madePrivate: number[] = [];
  let replaced = 0;
  let looks = 0;
  const actor = createActor(
    fifoReaderMachine.provide({
      actors: createFifoReader({
        fifoPath: fifo,
        journal: around(journal),
        intake,
        maxJournalBytes,
        onSynced: (position) => acceptance.recordSynced(position),
        onMovedAside: (where) => aside.push(where),
        onMadePrivate: (mode) => madePrivate.push(mode),
      }),
      actions: {
        deliver: (_, { batches }) => {
          for (const batch of batches) lines.push(...linesOf(journal, batch));
        },
        reportStuck: (_, { reason }) => stuck.push(reason),
        reportReplaced: () => (replaced += 1),
        announceReady: () => undefined,
      },
      delays: { verifyInterval: 50, retryInterval: 50 },
    }),
  );
  const until = (state: string) =>
    waitFor(actor, (snapshot) => snapshot.matches(state as 'reading') || snapshot.value === state);
  let ended = false;
  const stop = async (): Promise<void> => {
    if (ended) return;
    ended = true;
    if (actor.getSnapshot().status === 'active') {
      actor.send({ type: 'child.stop' });
      await waitFor(actor, ({ status }) => status !== 'active');
    }
    await journal.sync();
    journal.close();
  };
  closeAfterTest(stop);
  actor.system.inspect((inspected) => {
    if (inspected.type === '@xstate.event' && inspected.event.type === 'pipe.verify') looks += 1;
  });
  actor.start();
  return {
    dir,
    fifo,
    journal,
    actor,
    lines,
    rejected,
    accepted,
    acceptance,
    stuck,
    aside,
    madePrivate,
    until,
    stop,
    replaced: () => replaced,
    /** How often the machine has had the pipe looked after. */
    looks: () => looks,
    reading: () => until('reading'),
    seen: (expected: readonly string[]) =>
      vi.waitFor(() => expect(lines).toEqual(expected), { timeout: 20_000, interval: 10 }),
  };
}

/** The lines that a batch refers to, as text. */
function linesOf(journal: Journal, batch: AcceptedBatch): string[] {
  const start = batch.position[0] ?? 0;
  const last = batch.count - 1;
  const bytes = Buffer.alloc(last < 0 ? 0 : (batch.position[last] ?? 0) + (batch.length[last] ?? 0) - start);
  journal.readInto(bytes, 0, start, bytes.length);
  return Array.from({ length: batch.count }, (_, index) => {
    const at = (batch.position[index] as number) - start;
    return bytes.toString('utf8', at, at + (batch.length[index] as number));
  });
}
