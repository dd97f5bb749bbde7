import { spawn } from 'node:child_process';
import { describe, expect, it, vi } from 'vitest';
import { waitFor } from 'xstate';
import { closeAfterTest } from '../../helpers/closers.ts';
import { metricLines, writeLines } from '../../helpers/pipe.ts';
import { type PipelineOptions, startPipeline as startOn } from '../../helpers/pipeline.ts';
import { useDatabase } from '../../helpers/use-database.ts';
import { eventually } from '../../helpers/eventually.ts';

const { store } = useDatabase('events', 'tasks', 'memory_embeddings', 'journals');

const rows = async (text: string): Promise<unknown[]> => (await store.query({ text })).rows;
const value = async (text: string): Promise<unknown> =>
  (await store.query<{ value: unknown }>({ text })).rows[0]?.value;
const recorded = (count: number): Promise<void> =>
  vi.waitFor(async () => expect(await value('SELECT count(*)::int AS value FROM events')).toBe(count), {
    timeout: 30_000,
    interval: 20,
  });
const startPipeline = (options: Partial<PipelineOptions> = {}) => startOn({ store, ...options });

describe('pipe, mailbox and router together', () => {
  it('record what comes through the pipe and let go of its lines', async () => {
    const { fifo, reading, counters, journal, mailbox, recordQueue, woken } = startPipeline();
    await reading();
    writeLines(fifo, [
      'LOW|shell||note|kept',
      'nonsense',
      'HUMAN|cli||ask|hello',
      'HUMAN|cli||ask|/status',
      'HUMAN|email||mail|x',
    ]);
    await recorded(4);
    await eventually(() => expect(journal.pendingLines()).toBe(0));
    expect(await rows('SELECT source, priority, route, status, reply FROM events ORDER BY id')).toEqual([
      { source: 'shell', priority: 4, route: 'reflex:note', status: 'done', reply: null },
      { source: 'cli', priority: 0, route: 'task', status: 'task', reply: null },
      { source: 'cli', priority: 0, route: 'reflex:status', status: 'done', reply: 'well' },
      { source: 'email', priority: 1, route: 'task', status: 'task', reply: null },
    ]);
    expect(await value('SELECT count(*)::int AS value FROM tasks')).toBe(2);
    await eventually(() =>
      expect(counters).toMatchObject({ accepted: 4, rejected: 1, routed: 4, done: 2, dropped: 0, failed: 0 }),
    );
    expect(woken()).toBeGreaterThan(0);
    expect([mailbox.depth(), recordQueue.waiting()]).toEqual([0, 0]);
  });

  it('keep order, and all of it, over an outage of the store', async () => {
    const { fifo, reading, cut, mend, routing, journal } = startPipeline();
    await reading();
    writeLines(fifo, metricLines(0, 10));
    await recorded(10);
    cut();
    writeLines(fifo, metricLines(10, 1_000));
    await waitFor(routing, (snapshot) => snapshot.matches('waiting'));
    writeLines(fifo, metricLines(1_010, 1_000));
    await eventually(() => expect(journal.pendingLines()).toBe(2_000));
    mend();
    await recorded(2_010);
    const order = (await rows('SELECT payload::int AS n FROM events ORDER BY ctid')) as { n: number }[];
    expect(order.map(({ n }) => n)).toEqual(Array.from({ length: 2_010 }, (_, index) => index));
  });

  it('take a HUMAN event at once while the store is busy, and record it before what waited longer', async () => {
    const { fifo, reading, stall, routing, recordQueue, mailbox } = startPipeline({ batchSize: 100 });
    await reading();
    writeLines(fifo, metricLines(0, 1));
    await recorded(1);
    const release = stall();
    writeLines(fifo, metricLines(1, 2_000));
    await eventually(() => expect(mailbox.depth()).toBeGreaterThan(1_000));
    expect(routing.getSnapshot().value).toBe('recording');
    writeLines(fifo, ['HUMAN|cli||ask|/status']);
    await eventually(() => expect(recordQueue.humanWaiting()).toBe(1));
    release();
    await recorded(2_002);
    const before = await value(
      'SELECT count(*)::int AS value FROM events WHERE ctid < (SELECT ctid FROM events WHERE priority = 0)',
    );
    expect(before).toBeLessThanOrEqual(101);
  });

  it('hold the reader at the bound of the mailbox, so that writers wait, and lose nothing', async () => {
    const { fifo, reading, stall, mailbox, reader } = startPipeline({
      capacity: 2_000,
      batchSize: 500,
    });
    await reading();
    writeLines(fifo, metricLines(0, 1));
    await recorded(1);
    const release = stall();
    // More than the mailbox, a chunk and the kernel's pipe together hold.
    const count = 20_000;
    const padding = 'x'.repeat(100);
    const writer = spawn('sh', ['-c', `seq -f 'LOW|w||metric|%.0f ${padding}' 1 ${count} > "$0"`, fifo], {
      stdio: 'ignore',
    });
    closeAfterTest(() => writer.kill('SIGKILL'));
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
    writeLines(first.fifo, metricLines(0, 3_000));
    await first.stop();
    expect(await value('SELECT count(*)::int AS value FROM events')).toBe(3_000);
    expect(first.counters).toMatchObject({ accepted: 3_000, done: 3_000 });

    const second = startPipeline({ dir: first.dir });
    await second.reading();
    await eventually(() => expect(second.journal.pendingLines()).toBe(0));
    second.cut();
    writeLines(second.fifo, metricLines(3_000, 10));
    await waitFor(second.routing, (snapshot) => snapshot.matches('waiting'));
    await second.stop();
    expect(second.routing.getSnapshot().status).toBe('done');

    const third = startPipeline({ dir: first.dir });
    await recorded(3_010);
    await eventually(() => expect(third.journal.pendingLines()).toBe(0));
    expect(await value('SELECT count(DISTINCT payload)::int AS value FROM events')).toBe(3_010);
  });

  it('account for coalesced events: the latest is handled, the others are dropped', async () => {
    const { fifo, reading, stall, mailbox } = startPipeline({ batchSize: 10 });
    await reading();
    const release = stall();
    writeLines(fifo, metricLines(0, 30));
    await eventually(() => expect(mailbox.depth()).toBeGreaterThan(0));
    writeLines(
      fifo,
      Array.from({ length: 100 }, (_, index) => `LOW|fleet:${index % 2}||heartbeat|${index}`),
    );
    await eventually(() => expect(mailbox.depth()).toBeGreaterThan(100));
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
  it('leaves in the mailbox what does not fit on the recordQueue, but for a thousand HUMAN events', async () => {
    const { fifo, reading, stall, recordQueue, mailbox } = startPipeline({ batchSize: 50 });
    await reading();
    writeLines(fifo, metricLines(0, 1));
    await recorded(1);
    const release = stall();
    writeLines(fifo, metricLines(1, 500));
    await eventually(() => expect(mailbox.depth()).toBeGreaterThan(350));
    writeLines(
      fifo,
      Array.from({ length: 1_500 }, (_, index) => `HUMAN|cli||metric|${index}`),
    );
    await eventually(() => expect(mailbox.depthByPriority().HUMAN).toBe(500));
    expect(recordQueue.humanWaiting()).toBe(1_000);
    expect(recordQueue.waiting() - recordQueue.humanWaiting()).toBeLessThanOrEqual(50);
    release();
    await recorded(2_001);
  });
});
