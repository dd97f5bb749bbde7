import { spawn } from 'node:child_process';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createActor, setup, waitFor } from 'xstate';
import { createFifoReader } from '../../actors/fifo-reader.ts';
import { createRouter } from '../../actors/router.ts';
import { fifoReaderMachine } from '../../machines/fifo-reader.ts';
import { mailboxMachine } from '../../machines/mailbox.ts';
import { routerMachine } from '../../machines/router.ts';
import { createBus } from '../../src/lib/bus.ts';
import { createCounters } from '../../src/lib/counters.ts';
import { StoreAwayError } from '../../src/lib/errors.ts';
import { createIntake } from '../../src/lib/journal/intake.ts';
import { openJournal } from '../../src/lib/journal/journal.ts';
import { loadSplice } from '../../src/lib/journal/splice.ts';
import { createMailbox } from '../../src/lib/mailbox/mailbox.ts';
import { createDesk } from '../../src/lib/router/desk.ts';
import { compileRules } from '../../src/lib/router/route.ts';
import { createEventIds } from '../../src/lib/store/events/register-journal.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { type TempDatabase, tempDatabase } from '../helpers/temp-database.ts';
import { tempDir } from '../helpers/temp-dir.ts';

let database: TempDatabase;
beforeAll(async () => {
  database = await tempDatabase();
});
afterAll(() => database.stop());
beforeEach(() =>
  database.store.query({
    text: 'TRUNCATE events, tasks, memory_embeddings, journals RESTART IDENTITY CASCADE',
  }),
);
const closers: Array<() => unknown> = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const rows = async (text: string): Promise<unknown[]> => (await database.store.query({ text })).rows;
const value = async (text: string): Promise<unknown> =>
  (await database.store.query<{ value: unknown }>({ text })).rows[0]?.value;

interface Options {
  dir?: string;
  capacity?: number;
  batchSize?: number;
}

/** Pipe, journal, mailbox, router and store as the daemon has them, without the rest of it. */
function startPipeline({ dir = tempDir(), capacity = 1_000_000, batchSize = 500 }: Options = {}) {
  const fifo = join(dir, 'events.fifo');
  const journal = openJournal({ dir: join(dir, 'journal'), splice: loadSplice() });
  const counters = createCounters();
  const mailbox = createMailbox({ capacity });
  const desk = createDesk();
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
  let isAway = false;
  let gate: Promise<void> = Promise.resolve();
  const store: Store = {
    query: async (statement) => {
      await gate;
      if (isAway) throw new StoreAwayError('the line is cut');
      return database.store.query(statement);
    },
    transaction: (work) => database.store.transaction(work),
  };
  let woken = 0;
  const router = createRouter({
    mailbox,
    desk,
    journal,
    counters,
    store,
    ids: createEventIds(store, journal.uuid),
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
      announce: (_, { recorded }) => {
        router.count(recorded);
        if (recorded.tasks > 0) woken += 1;
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
    actors: { mailbox: mailboxMachine, router: routerLogic, reader: readerLogic },
  }).createMachine({
    invoke: [
      { id: 'mailbox', systemId: 'mailbox', src: 'mailbox', input: { mailbox } },
      { id: 'router', systemId: 'router', src: 'router', input: { mailbox, desk, batchSize } },
      { id: 'fifo-reader', systemId: 'fifo-reader', src: 'reader' },
    ],
    on: { 'child.ready': {} },
  });
  const root = createActor(tree);
  root.start();
  const reader = root.getSnapshot().children['fifo-reader'] as ReturnType<
    typeof createActor<typeof readerLogic>
  >;
  const routing = root.getSnapshot().children['router'] as ReturnType<typeof createActor<typeof routerLogic>>;
  routing.send({ type: 'database.ready' });
  let isOpen = true;
  const stop = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    reader.send({ type: 'child.stop' });
    await waitFor(reader, ({ status }) => status !== 'active', { timeout: 30_000 });
    routing.send({ type: 'child.stop' });
    await waitFor(routing, ({ status }) => status !== 'active', { timeout: 30_000 });
    root.stop();
    await journal.sync();
    journal.close();
  };
  closers.push(stop);
  return {
    dir,
    fifo,
    journal,
    counters,
    mailbox,
    desk,
    reader,
    routing,
    stop,
    woken: () => woken,
    reading: () => waitFor(reader, (snapshot) => snapshot.matches('reading')),
    cut: () => (isAway = true),
    mend: () => (isAway = false),
    /** Holds every statement back until the returned function is called. */
    stall: () => {
      let release: () => void = () => undefined;
      gate = new Promise((resolve) => (release = resolve));
      closers.push(() => release());
      return () => release();
    },
    recorded: (count: number) =>
      vi.waitFor(async () => expect(await value('SELECT count(*)::int AS value FROM events')).toBe(count), {
        timeout: 30_000,
        interval: 20,
      }),
  };
}

function write(path: string, lines: readonly string[]): void {
  const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    writeSync(fd, lines.map((line) => `${line}\n`).join(''));
  } finally {
    closeSync(fd);
  }
}

const metrics = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `LOW|a||metric|${from + index}`);

describe('pipe, mailbox and router together', () => {
  it('record what comes through the pipe and let go of its lines', async () => {
    const { fifo, reading, recorded, counters, journal, mailbox, desk, woken } = startPipeline();
    await reading();
    write(fifo, [
      'LOW|shell||note|kept',
      'nonsense',
      'HUMAN|cli||ask|hello',
      'HUMAN|cli||ask|/status',
      'HUMAN|email||mail|x',
    ]);
    await recorded(4);
    await vi.waitFor(() => expect(journal.pendingLines()).toBe(0));
    expect(await rows('SELECT source, priority, route, status, reply FROM events ORDER BY id')).toEqual([
      { source: 'shell', priority: 4, route: 'reflex:note', status: 'done', reply: null },
      { source: 'cli', priority: 0, route: 'task', status: 'task', reply: null },
      { source: 'cli', priority: 0, route: 'reflex:status', status: 'done', reply: 'well' },
      { source: 'email', priority: 1, route: 'task', status: 'task', reply: null },
    ]);
    expect(await value('SELECT count(*)::int AS value FROM tasks')).toBe(2);
    await vi.waitFor(() =>
      expect(counters).toMatchObject({ accepted: 4, rejected: 1, routed: 4, done: 2, dropped: 0, failed: 0 }),
    );
    expect(woken()).toBeGreaterThan(0);
    expect([mailbox.depth(), desk.waiting()]).toEqual([0, 0]);
  });

  it('keep order, and all of it, over an outage of the store', async () => {
    const { fifo, reading, recorded, cut, mend, routing, journal } = startPipeline();
    await reading();
    write(fifo, metrics(0, 10));
    await recorded(10);
    cut();
    write(fifo, metrics(10, 1_000));
    await waitFor(routing, (snapshot) => snapshot.matches('waiting'));
    write(fifo, metrics(1_010, 1_000));
    await vi.waitFor(() => expect(journal.pendingLines()).toBe(2_000));
    mend();
    await recorded(2_010);
    const order = (await rows('SELECT payload::int AS n FROM events ORDER BY ctid')) as { n: number }[];
    expect(order.map(({ n }) => n)).toEqual(Array.from({ length: 2_010 }, (_, index) => index));
  });

  it('take a HUMAN event at once while the store is busy, and record it before what waited longer', async () => {
    const { fifo, reading, recorded, stall, routing, desk, mailbox } = startPipeline({ batchSize: 100 });
    await reading();
    write(fifo, metrics(0, 1));
    await recorded(1);
    const release = stall();
    write(fifo, metrics(1, 2_000));
    await vi.waitFor(() => expect(mailbox.depth()).toBeGreaterThan(1_000));
    expect(routing.getSnapshot().value).toBe('recording');
    write(fifo, ['HUMAN|cli||ask|/status']);
    await vi.waitFor(() => expect(desk.humanWaiting()).toBe(1));
    release();
    await recorded(2_002);
    const before = await value(
      'SELECT count(*)::int AS value FROM events WHERE ctid < (SELECT ctid FROM events WHERE priority = 0)',
    );
    expect(before).toBeLessThanOrEqual(101);
  });

  it('hold the reader at the bound of the mailbox, so that writers wait, and lose nothing', async () => {
    const { fifo, reading, recorded, stall, mailbox, reader } = startPipeline({
      capacity: 2_000,
      batchSize: 500,
    });
    await reading();
    write(fifo, metrics(0, 1));
    await recorded(1);
    const release = stall();
    // More than the mailbox, a chunk and the kernel's pipe together hold.
    const count = 20_000;
    const padding = 'x'.repeat(100);
    const writer = spawn('sh', ['-c', `seq -f 'LOW|w||metric|%.0f ${padding}' 1 ${count} > "$0"`, fifo], {
      stdio: 'ignore',
    });
    closers.push(() => writer.kill('SIGKILL'));
    await waitFor(reader, (snapshot) => snapshot.matches({ reading: 'held' }));
    // What is beyond the bound is at most one chunk of the pipe.
    expect(mailbox.depth()).toBeLessThan(2_000 + (256 * 1024) / padding.length);
    expect(writer.exitCode).toBeNull();
    release();
    await vi.waitFor(() => expect(writer.exitCode).toBe(0), { timeout: 40_000 });
    await recorded(count + 1);
    expect(await value(`SELECT count(DISTINCT payload)::int AS value FROM events WHERE source = 'w'`)).toBe(
      count,
    );
  });

  it('drain what waits before they end, and leave the rest to the next start, once each', async () => {
    const first = startPipeline();
    await first.reading();
    write(first.fifo, metrics(0, 3_000));
    await first.stop();
    expect(await value('SELECT count(*)::int AS value FROM events')).toBe(3_000);
    expect(first.counters).toMatchObject({ accepted: 3_000, done: 3_000 });

    const second = startPipeline({ dir: first.dir });
    await second.reading();
    await vi.waitFor(() => expect(second.journal.pendingLines()).toBe(0));
    second.cut();
    write(second.fifo, metrics(3_000, 10));
    await waitFor(second.routing, (snapshot) => snapshot.matches('waiting'));
    await second.stop();
    expect(second.routing.getSnapshot().status).toBe('done');

    const third = startPipeline({ dir: first.dir });
    await third.recorded(3_010);
    await vi.waitFor(() => expect(third.journal.pendingLines()).toBe(0));
    expect(await value('SELECT count(DISTINCT payload)::int AS value FROM events')).toBe(3_010);
  });

  it('account for coalesced events: the latest is handled, the others are dropped', async () => {
    const { fifo, reading, recorded, stall, mailbox } = startPipeline({ batchSize: 10 });
    await reading();
    const release = stall();
    write(fifo, metrics(0, 30));
    await vi.waitFor(() => expect(mailbox.depth()).toBeGreaterThan(0));
    write(
      fifo,
      Array.from({ length: 100 }, (_, index) => `LOW|fleet:${index % 2}||heartbeat|${index}`),
    );
    await vi.waitFor(() => expect(mailbox.depth()).toBeGreaterThan(100));
    release();
    await recorded(130);
    expect(
      await rows(`SELECT status, rule, count(*)::int AS count, max(payload::int) AS latest
                    FROM events WHERE category = 'heartbeat' GROUP BY 1, 2 ORDER BY 1`),
    ).toEqual([
      { status: 'done', rule: 'heartbeat', count: 2, latest: 99 },
      { status: 'dropped', rule: 'coalesced', count: 98, latest: 97 },
    ]);
  });
});

describe('createRouter', () => {
  it('leaves in the mailbox what does not fit on the desk, but for a thousand HUMAN events', async () => {
    const { fifo, reading, recorded, stall, desk, mailbox } = startPipeline({ batchSize: 50 });
    await reading();
    write(fifo, metrics(0, 1));
    await recorded(1);
    const release = stall();
    write(fifo, metrics(1, 500));
    await vi.waitFor(() => expect(mailbox.depth()).toBeGreaterThan(350));
    write(
      fifo,
      Array.from({ length: 1_500 }, (_, index) => `HUMAN|cli||metric|${index}`),
    );
    await vi.waitFor(() => expect(mailbox.depthByPriority().HUMAN).toBe(500));
    expect(desk.humanWaiting()).toBe(1_000);
    expect(desk.waiting() - desk.humanWaiting()).toBeLessThanOrEqual(50);
    release();
    await recorded(2_001);
  });
});
