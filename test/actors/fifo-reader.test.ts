import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createActor, toPromise, waitFor } from 'xstate';
import { createFifoReader } from '../../actors/fifo-reader.ts';
import { fifoReaderMachine } from '../../machines/fifo-reader.ts';
import { createIntake, type Intake, type RejectedLine } from '../../src/lib/journal/intake.ts';
import { type Journal, openJournal } from '../../src/lib/journal/journal.ts';
import { loadSplice } from '../../src/lib/journal/splice.ts';
import { createWatchers } from '../../src/lib/wire/watchers.ts';
import { acceptedBatch } from '../helpers/accepted-batch.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { tempDir } from '../helpers/temp-dir.ts';

leakGuard();
const closers: Array<() => unknown> = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Options {
  dir?: string;
  maxJournalBytes?: number;
  /** What stands between the reader and its journal. */
  around?: (journal: Journal) => Journal;
}

/** A reader with a real pipe, journal and intake, started. */
function startReader({
  dir = tempDir(),
  maxJournalBytes = 1e9,
  around = (journal) => journal,
}: Options = {}) {
  const fifo = join(dir, 'events.fifo');
  const journal = openJournal({ dir: join(dir, 'journal'), splice: loadSplice() });
  const rejected: RejectedLine[] = [];
  const accepted: string[] = [];
  const watchers = createWatchers((key) => accepted.push(key));
  const intake = createIntake({
    journal,
    coalesces: () => false,
    onRejected: (line) => rejected.push(line),
    onLowered: () => undefined,
    onDedupKey: (key, end) => watchers.noteAccepted(key, end),
    wantsDedupKeys: () => watchers.isAnyoneWaiting(),
  });
  while (intake.next() !== undefined);
  intake.resume();
  const lines: string[] = [];
  const stuck: string[] = [];
  const aside: string[] = [];
  let replaced = 0;
  let looks = 0;
  const actor = createActor(
    fifoReaderMachine.provide({
      actors: createFifoReader({
        fifoPath: fifo,
        journal: around(journal),
        intake,
        maxJournalBytes,
        onSynced: (position) => watchers.noteSynced(position),
        onMovedAside: (where) => aside.push(where),
      }),
      actions: {
        deliver: (_, { batches }) => {
          for (const batch of batches) {
            const start = batch.position[0] ?? 0;
            const last = batch.count - 1;
            const bytes = Buffer.alloc(
              last < 0 ? 0 : (batch.position[last] ?? 0) + (batch.length[last] ?? 0) - start,
            );
            journal.readInto(bytes, 0, start, bytes.length);
            for (let index = 0; index < batch.count; index += 1) {
              const at = (batch.position[index] as number) - start;
              lines.push(bytes.toString('utf8', at, at + (batch.length[index] as number)));
            }
          }
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
  closers.push(stop);
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
    watchers,
    stuck,
    aside,
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

/** Writes as a shell would: open, write, close; the write blocks while the pipe is full. */
function write(path: string, bytes: string): void {
  const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    writeSync(fd, bytes);
  } finally {
    closeSync(fd);
  }
}

/** A writer that stays. */
function openWriter(path: string): { write: (bytes: string) => void; close: () => void } {
  const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  let isOpen = true;
  const close = (): void => {
    if (isOpen) closeSync(fd);
    isOpen = false;
  };
  closers.push(close);
  return { write: (bytes) => void writeSync(fd, bytes), close };
}

const numbered = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `LOW|a||metric|${from + index}`);
const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** Descriptors of this process that lead to this path, removed ones included. */
function descriptorsOf(path: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(path);
    } catch {
      return false;
    }
  }).length;
}

describe('the reader of a real pipe', () => {
  it('makes the pipe and hands on what comes, keeping it in the journal', async () => {
    const { fifo, journal, lines, seen, reading } = startReader();
    await reading();
    expect(statSync(fifo).mode & 0o777).toBe(0o600);
    write(fifo, 'LOW|a||metric|one\nHIGH|a||metric|two\n');
    write(fifo, 'LOW|a||metric|three\n');
    await seen(['LOW|a||metric|one', 'HIGH|a||metric|two', 'LOW|a||metric|three']);
    expect(journal.pendingLines()).toBe(3);
    const kept = Buffer.alloc(journal.endPosition());
    journal.readInto(kept, 0, 0, kept.length);
    expect(kept.toString()).toBe(text(lines));
  });

  it('takes what was in the pipe before it started', async () => {
    const dir = tempDir();
    const fifo = join(dir, 'events.fifo');
    execFileSync('mkfifo', [fifo]);
    const held = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
    closers.push(() => closeSync(held));
    writeSync(held, text(numbered(0, 3)));
    await startReader({ dir }).seen(numbered(0, 3));
  });

  it('loses nothing of a flood from several processes, and lets others have their turn meanwhile', async () => {
    const { fifo, lines, reading } = startReader();
    await reading();
    const count = 40_000;
    const script = `const fs = require('node:fs'); const fd = fs.openSync(process.argv[1], 'w'); let block = '';
      for (let n = 0; n < ${count}; n++) { block += 'LOW|' + process.argv[2] + '||metric|' + n + '\\n';
        if (block.length > 3900 || n === ${count - 1}) { fs.writeSync(fd, block); block = ''; } }`;
    const writers = ['w0', 'w1', 'w2'].map((name) => {
      const child = spawn(process.execPath, ['-e', script, fifo, name], { stdio: 'ignore' });
      closers.push(() => child.kill('SIGKILL'));
      return once(child, 'exit');
    });
    expect((await Promise.all(writers)).map(([code]) => code as number)).toEqual([0, 0, 0]);
    await vi.waitFor(() => expect(lines.length).toBe(3 * count), { timeout: 20_000 });
    for (const name of ['w0', 'w1', 'w2']) {
      const own = lines.filter((line) => line.startsWith(`LOW|${name}|`));
      expect(own.map((line) => Number(line.split('|')[4]))).toEqual(
        Array.from({ length: count }, (_, index) => index),
      );
    }
  });

  it('takes one chunk a turn of the event loop, however many wake it', async () => {
    const fifo = join(tempDir(), 'events.fifo');
    let takes = 0;
    // A pipe that is never empty.
    const { openPipe, readPipe, closePipe } = createFifoReader({
      fifoPath: fifo,
      journal: {
        take: () => (takes += 1),
        sizeBytes: () => 0,
        endPosition: () => Infinity,
        sync: () => Promise.resolve(),
        syncedPosition: () => 0,
      } as unknown as Journal,
      intake: { next: () => acceptedBatch([]), hasPartial: () => false } as unknown as Intake,
      maxJournalBytes: 1,
      onSynced: () => undefined,
      onMovedAside: () => undefined,
    });
    const opened = await toPromise(createActor(openPipe).start());
    const pipe = createActor(readPipe, { input: { fifo: opened, paused: false } }).start();
    for (let wake = 0; wake < 50; wake += 1) pipe.send({ type: 'pipe.resume' });
    takes = 0;
    const turns = 20;
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    pipe.stop();
    await toPromise(createActor(closePipe, { input: { fifo: opened } }).start());
    expect(takes).toBeGreaterThan(turns / 2);
    expect(takes).toBeLessThanOrEqual(turns + 1);
  });

  it('announces a watched line when it is on the disk', async () => {
    const { fifo, accepted, watchers, reading } = startReader();
    await reading();
    watchers.watch('k1');
    write(fifo, 'LOW|a||metric|{"dedupKey":"k0"}\nLOW|a||metric|{"dedupKey":"k1"}\n');
    await vi.waitFor(() => expect(accepted).toEqual(['k1']));
  });

  it('reads nothing while it is held, and all of it afterwards', async () => {
    const { actor, fifo, journal, seen, reading, looks } = startReader();
    await reading();
    write(fifo, text(numbered(0, 1)));
    await seen(numbered(0, 1));
    const before = journal.endPosition();
    actor.send({ type: 'reader.pause' });
    write(fifo, text(numbered(1, 2)));
    // Each of its regular looks would have read.
    const taken = looks();
    await vi.waitFor(() => expect(looks()).toBeGreaterThan(taken + 2));
    expect(journal.endPosition()).toBe(before);
    actor.send({ type: 'reader.resume' });
    await seen(numbered(0, 3));
  });

  it('stops reading at the bound of the journal, says why, and goes on when there is room', async () => {
    const dir = tempDir();
    let isFull = false;
    const bounded = (journal: Journal): Journal => ({ ...journal, sizeBytes: () => (isFull ? 1_000 : 0) });
    const { fifo, stuck, seen, until, reading, lines } = startReader({
      dir,
      maxJournalBytes: 1_000,
      around: bounded,
    });
    await reading();
    isFull = true;
    write(fifo, text(numbered(0, 3)));
    await until('stuck');
    expect(lines).toEqual([]);
    expect(stuck[0]).toBe('the journal has reached its 1000 bytes; it goes on once events are recorded');
    expect(descriptorsOf(fifo)).toBe(1);
    isFull = false;
    await seen(numbered(0, 3));
    expect(descriptorsOf(fifo)).toBe(1);
  });

  it('is stuck while the disk refuses to flush, and then goes on', async () => {
    let broken = false;
    const flaky = (journal: Journal): Journal => ({
      ...journal,
      sync: () => (broken ? Promise.reject(new Error('EIO: i/o error, fdatasync')) : journal.sync()),
    });
    const { fifo, stuck, seen, until, reading } = startReader({ around: flaky });
    await reading();
    broken = true;
    write(fifo, text(numbered(0, 2)));
    await until('stuck');
    expect(stuck).toContain('EIO: i/o error, fdatasync');
    broken = false;
    write(fifo, text(numbered(2, 2)));
    await seen(numbered(0, 4));
  });
});

describe('the reader of a pipe that is tampered with', () => {
  it('makes it anew when it is removed, delivers what was still in it, and leaks no descriptor', async () => {
    const { actor, fifo, seen, reading, replaced } = startReader();
    await reading();
    write(fifo, text(numbered(0, 1)));
    await seen(numbered(0, 1));
    actor.send({ type: 'reader.pause' });
    write(fifo, text(numbered(1, 5)));
    unlinkSync(fifo);
    await vi.waitFor(() => expect(statSync(fifo).isFIFO()).toBe(true));
    await reading();
    actor.send({ type: 'reader.resume' });
    write(fifo, text(numbered(6, 2)));
    await seen(numbered(0, 8));
    expect(replaced()).toBe(1);
    expect(descriptorsOf(fifo)).toBe(1);
  });

  it('never glues a line that was cut off by the removal to a line of the next pipe', async () => {
    const { fifo, journal, rejected, seen, reading } = startReader();
    await reading();
    const writer = openWriter(fifo);
    writer.write('LOW|a||metric|0\nLOW|a||metric|cut o');
    await seen(numbered(0, 1));
    await vi.waitFor(() => expect(journal.endPosition()).toBe('LOW|a||metric|0\nLOW|a||metric|cut o'.length));
    unlinkSync(fifo);
    await vi.waitFor(() => expect(statSync(fifo).isFIFO()).toBe(true));
    await reading();
    write(fifo, text(numbered(1, 2)));
    await seen(numbered(0, 3));
    expect(rejected).toEqual([{ reason: 'truncated', sample: 'LOW|a||metric|cut o' }]);
  });

  it('moves a file aside that took its place', async () => {
    const { fifo, aside, seen, reading } = startReader();
    await reading();
    renameSync(fifo, `${fifo}.old`);
    writeFileSync(fifo, 'written by echo\n');
    await vi.waitFor(() => expect(statSync(fifo).isFIFO()).toBe(true), { timeout: 10_000 });
    await reading();
    expect(aside).toHaveLength(1);
    expect(readFileSync(aside[0] ?? '', 'utf8')).toBe('written by echo\n');
    write(fifo, text(numbered(0, 1)));
    await seen(numbered(0, 1));
  });

  it('waits while the folder is gone, and reads on when it is back', async () => {
    const dir = join(tempDir(), 'home');
    mkdirSync(dir);
    const { fifo, seen, until, reading, stuck } = startReader({ dir });
    await reading();
    renameSync(dir, `${dir}-away`);
    await until('stuck');
    expect(stuck[0]).toContain('mkfifo');
    renameSync(`${dir}-away`, dir);
    await reading();
    write(fifo, text(numbered(0, 1)));
    await seen(numbered(0, 1));
  });
});

describe('the end of a reader', () => {
  it('delivers what is still in the pipe, held back too, has it on the disk, and closes the pipe', async () => {
    const { actor, fifo, journal, lines, reading } = startReader();
    await reading();
    actor.send({ type: 'reader.pause' });
    write(fifo, text(numbered(0, 4)));
    actor.send({ type: 'child.stop' });
    await waitFor(actor, ({ status }) => status === 'done');
    expect(lines).toEqual(numbered(0, 4));
    expect(journal.syncedPosition()).toBe(journal.endPosition());
    expect(descriptorsOf(fifo)).toBe(0);
    expect(statSync(fifo).isFIFO()).toBe(true);
  });

  it('keeps a line whose writer is in the middle of it, for the next start to join with its rest', async () => {
    const first = startReader();
    await first.reading();
    // The test holds the pipe, so that the writer can go on while nobody reads.
    const held = openSync(first.fifo, constants.O_RDWR | constants.O_NONBLOCK);
    closers.push(() => closeSync(held));
    writeSync(held, 'LOW|a||metric|0\nLOW|a||metric|cut o');
    await first.seen(numbered(0, 1));
    await first.stop();
    expect(first.rejected).toEqual([]);
    writeSync(held, 'ff here\n');
    const second = startReader({ dir: first.dir });
    await second.seen(['LOW|a||metric|cut off here']);
    expect(second.rejected).toEqual([]);
  });

  it('gives a cut-off line up where the pipe is empty at the next start', async () => {
    const first = startReader();
    await first.reading();
    write(first.fifo, 'LOW|a||metric|cut o');
    await vi.waitFor(() => expect(first.journal.endPosition()).toBe('LOW|a||metric|cut o'.length));
    await first.stop();
    const second = startReader({ dir: first.dir });
    await vi.waitFor(() =>
      expect(second.rejected).toEqual([{ reason: 'truncated', sample: 'LOW|a||metric|cut o' }]),
    );
    write(second.fifo, text(numbered(0, 1)));
    await second.seen(numbered(0, 1));
  });

  it('comes although a writer never stops', async () => {
    const { actor, fifo, lines, reading } = startReader();
    await reading();
    const flood = spawn('sh', ['-c', `yes 'LOW|a||metric|again' > "$0"`, fifo], {
      stdio: 'ignore',
      detached: true,
    });
    const gone = once(flood, 'exit');
    closers.push(async () => {
      if (flood.pid !== undefined && flood.exitCode === null) process.kill(-flood.pid, 'SIGKILL');
      await gone;
    });
    await vi.waitFor(() => expect(lines.length).toBeGreaterThan(1_000));
    actor.send({ type: 'child.stop' });
    await waitFor(actor, ({ status }) => status === 'done', { timeout: 20_000 });
    expect(descriptorsOf(fifo)).toBe(0);
  });
});

it('holds one end of the pipe however often the reader crashes, and loses nothing that was written meanwhile', async () => {
  const dir = tempDir();
  const fifo = join(dir, 'events.fifo');
  const journal = openJournal({ dir: join(dir, 'journal'), splice: loadSplice() });
  closers.push(() => journal.close());
  const intake = createIntake({
    journal,
    coalesces: () => false,
    onRejected: () => undefined,
    onLowered: () => undefined,
  });
  const { openPipe, closePipe } = createFifoReader({
    fifoPath: fifo,
    journal,
    intake,
    maxJournalBytes: 1e9,
    onSynced: () => undefined,
    onMovedAside: () => undefined,
  });
  const open = () => toPromise(createActor(openPipe).start());
  const endsHeld = () =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === fifo;
      } catch {
        return false;
      }
    }).length;
  const first = await open();
  writeSync(first.fd, 'LOW|a||note|kept\n');
  await open();
  const last = await open();
  expect(endsHeld()).toBe(1);
  const batches = await toPromise(createActor(closePipe, { input: { fifo: last } }).start());
  expect(batches.map(({ count }) => count)).toEqual([1]);
  expect(endsHeld()).toBe(0);
});
