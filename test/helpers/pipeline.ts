import { join } from 'node:path';
import {
  type ActorRefFrom,
  type AnyActorLogic,
  type AnyActorRef,
  createActor,
  fromCallback,
  setup,
  waitFor,
} from 'xstate';
import { createFifoReader } from '../../actors/events/fifo-reader.ts';
import { createRouter } from '../../actors/events/router.ts';
import { fifoReaderMachine } from '../../machines/fifo-reader/machine.ts';
import { mailboxMachine } from '../../machines/mailbox/machine.ts';
import type { databaseMachine } from '../../machines/database/machine.ts';
import { routerMachine } from '../../machines/router/machine.ts';
import { createBus } from '../../src/bus.ts';
import { createRecordQueue } from '../../src/events/router/record-queue.ts';
import { compileRules } from '../../src/reflexes.ts';
import { createEventIds } from '../../src/events/rows/register-journal.ts';
import { createCounters } from '../../src/lib/counters.ts';
import { createRightOfWay } from '../../src/lib/store/right-of-way.ts';
import { StoreAwayError } from '../../src/lib/errors.ts';
import { createIntake } from '../../src/lib/journal/intake.ts';
import { openJournal } from '../../src/lib/journal/journal.ts';
import { loadSplice } from '../../src/lib/journal/splice.ts';
import { createMailbox } from '../../src/lib/mailbox/mailbox.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { closeAfterTest } from './closers.ts';
import { tempDir } from './temp-dir.ts';

export interface PipelineOptions {
  store: Store;
  /** The same folder again is the same pipe and journal after a restart. */
  dir?: string;
  capacity?: number;
  batchSize?: number;
  /** The actor that is told of refusals. */
  database?: { logic: AnyActorLogic; input?: unknown };
}

/** Pipe, journal, mailbox, router and store as the daemon has them, without the rest of it; stopped after the test. */
export function startPipeline({
  store,
  dir = tempDir(),
  capacity = 1_000_000,
  batchSize = 500,
  database = { logic: fromCallback(() => undefined) },
}: PipelineOptions) {
  const fifo = join(dir, 'events.fifo');
  const line = cuttableStore(store);
  const { journal, counters, mailbox, intake } = openInbox(dir, capacity);
  const recordQueue = createRecordQueue();
  let woken = 0;
  const router = createRouter({
    rightOfWay: createRightOfWay(),
    mailbox,
    recordQueue,
    journal,
    counters,
    store: line.store,
    ids: createEventIds(line.store, { uuid: journal.uuid, replayEnd: journal.endPosition() }),
    reflexes: {
      record: () => ({}),
      note: ({ event }) => ({ note: { content: event.text, kind: 'note', trust: 'local' } }),
      status: () => ({ reply: 'well' }),
    },
    bus: createBus((thrown) => {
      throw thrown;
    }),
    rules: () => compileRules(),
    batchSize,
    spoolDir: join(dir, 'spool'),
    replayEnd: journal.endPosition(),
  });
  const routerLogic = routerMachine.provide({
    actors: { record: router.record },
    actions: {
      pull: router.pull,
      count: (_, recorded) => router.count(recorded),
      wakeTasks: (_, { tasks }) => {
        if (tasks > 0) woken += 1;
      },
    },
    delays: { retryInterval: 50 },
  });
  const readerLogic = fifoReaderMachine.provide({
    actors: createFifoReader({
      fifoPath: fifo,
      journal,
      intake,
      maxJournalBytes: 1e9,
      onSynced: () => undefined,
      onMovedAside: () => undefined,
    }),
    actions: {
      deliver: ({ system }, { batches }) => {
        for (const batch of batches) {
          counters.accepted += batch.count;
          mailbox.offer(batch, Date.now());
        }
        (system as { get(id: string): { send(event: { type: string }): void } })
          .get('mailbox')
          .send({ type: 'mail.arrived' });
      },
      reportStuck: () => undefined,
      reportReplaced: () => undefined,
    },
    delays: { verifyInterval: 50 },
  });
  const tree = setup({
    actors: { database: database.logic, mailbox: mailboxMachine, router: routerLogic, reader: readerLogic },
  }).createMachine({
    invoke: [
      { id: 'database', systemId: 'database', src: 'database', input: database.input },
      { id: 'mailbox', systemId: 'mailbox', src: 'mailbox', input: { mailbox } },
      { id: 'router', systemId: 'router', src: 'router', input: { mailbox, queue: recordQueue, batchSize } },
      { id: 'fifo-reader', systemId: 'fifo-reader', src: 'reader' },
    ],
    on: { 'child.ready': {} },
  });
  const root = createActor(tree);
  root.start();
  const { children } = root.getSnapshot();
  const reader = children['fifo-reader'] as ReturnType<typeof createActor<typeof readerLogic>>;
  const routing = children['router'] as ReturnType<typeof createActor<typeof routerLogic>>;
  routing.send({ type: 'database.ready' });
  let isOpen = true;
  const storing = children['database'] as AnyActorRef;
  const stop = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    reader.send({ type: 'child.stop' });
    await waitFor(reader, ({ status }) => status !== 'active', { timeout: 30_000 });
    routing.send({ type: 'child.stop' });
    await waitFor(routing, ({ status }) => status !== 'active', { timeout: 30_000 });
    storing.send({ type: 'child.stop' });
    await waitFor(
      storing,
      ({ status }: { status: string }) => status !== 'active' || database.input === undefined,
      { timeout: 30_000 },
    );
    root.stop();
    await journal.sync();
    journal.close();
  };
  closeAfterTest(stop);
  return {
    dir,
    fifo,
    journal,
    counters,
    mailbox,
    recordQueue,
    reader,
    routing,
    stop,
    woken: () => woken,
    databaseActor: () => storing as ActorRefFrom<typeof databaseMachine>,
    reading: () => waitFor(reader, (snapshot) => snapshot.matches('reading')),
    cut: line.cut,
    mend: line.mend,
    stall: line.stall,
  };
}

/** A journal in this folder whose lines, those from before included, wait in a mailbox. */
function openInbox(dir: string, capacity: number) {
  const journal = openJournal({ dir: join(dir, 'journal'), splice: loadSplice() });
  const counters = createCounters();
  const mailbox = createMailbox({ capacity });
  const intake = createIntake({
    journal,
    coalesces: (category) => category === 'heartbeat',
    onRejected: () => (counters.rejected += 1),
    onLowered: () => undefined,
  });
  for (let batch = intake.next(); batch !== undefined; batch = intake.next()) {
    for (let index = 0; index < batch.count; index += 1)
      journal.addPending(batch.position[index] as number, 1);
    mailbox.offer(batch, Date.now());
  }
  intake.resume();
  return { journal, counters, mailbox, intake };
}

/** A store at the end of a line that can be cut and held. */
function cuttableStore(real: Store) {
  let isAway = false;
  let gate: Promise<void> = Promise.resolve();
  const store: Store = {
    query: async (statement) => {
      await gate;
      if (isAway) throw new StoreAwayError('the line is cut');
      return real.query(statement);
    },
    transaction: (work) => real.transaction(work),
  };
  return {
    store,
    cut: () => (isAway = true),
    mend: () => (isAway = false),
    /** Holds every statement back until the returned function is called. */
    stall: () => {
      let release: () => void = () => undefined;
      gate = new Promise((resolve) => (release = resolve));
      closeAfterTest(() => release());
      return () => release();
    },
  };
}
