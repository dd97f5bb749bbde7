import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/lib/time.ts';
import { allFigures } from '../../../src/sensors/self-watch/figures.ts';
import { readQueueFigures } from '../../../src/sensors/self-watch/queue-figures.ts';
import {
  gatherSamples,
  keepSample,
  pruneSamples,
  readSeries,
  stepFor,
} from '../../../src/sensors/self-watch/samples.ts';
import { keepSlowStatements, listSlowStatements } from '../../../src/sensors/self-watch/slow-statements.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase('self_samples', 'slow_statements', 'events', 'tasks');
const worker = randomUUID();
const begin = new Date('2026-11-28T12:00:00Z').getTime();
const signal = new AbortController().signal;
const figures = (loopP99Ms: number) => ({ ...allFigures(null), loopP99Ms, rssBytes: 1e9 + loopP99Ms });

/** Samples every ten seconds for a while, written as the daemon would have. */
async function fill(seconds: number, from = begin): Promise<void> {
  await store.query({
    text: `INSERT INTO self_samples (worker, step_s, at, figures)
           SELECT $1, 10, to_timestamp($2::float8 / 1000) + n * interval '10 seconds', jsonb_build_object('loopP99Ms', n)
             FROM generate_series(0, $3 / 10 - 1) n`,
    values: [worker, from, seconds],
  });
}

const gather = (now: number) => gatherSamples(store, { worker, now: new Date(now), signal });
const series = async (step: 10 | 60 | 3600, since = 0) =>
  (await readSeries(store, { worker, since: new Date(since), step, names: ['loopP99Ms'] })).map(
    ({ at, figures: mean, greatest }) => [
      (at.getTime() - begin) / SECOND,
      mean.loopP99Ms,
      greatest.loopP99Ms,
    ],
  );

describe('samples of the daemon itself', () => {
  it('come back as a series, without what was not known', async () => {
    await keepSample(store, { worker, figures: figures(3.5), now: new Date(begin + 3 * SECOND) });
    await keepSample(store, { worker, figures: figures(4), now: new Date(begin + 13 * SECOND) });
    const [first, second] = await readSeries(store, { worker, since: new Date(begin), step: 10, names: [] });
    expect(first?.figures).toEqual({ loopP99Ms: 3.5, rssBytes: 1_000_000_003.5 });
    expect([first?.at.getTime(), second?.at.getTime()]).toEqual([begin, begin + 10 * SECOND]);
  });

  it('are gathered into minutes and hours with mean and greatest, only whole ones, each once', async () => {
    await fill(2 * 3600 + 90);
    expect(await gather(begin + 2 * HOUR + 95 * SECOND)).toBe(121 + 2);
    expect((await series(60)).slice(0, 2)).toEqual([
      [0, 2.5, 5],
      [60, 8.5, 11],
    ]);
    expect(await series(60)).toHaveLength(121);
    expect(await series(3600)).toEqual([
      [0, 179.5, 359],
      [3600, 539.5, 719],
    ]);
    expect(await gather(begin + 2 * HOUR + 95 * SECOND)).toBe(0);
  });

  it('are weighed by how many they stand for: an hour with a gap has the mean of its samples', async () => {
    await fill(60);
    await fill(10, begin + 30 * MINUTE);
    await gather(begin + 2 * HOUR);
    const [hour] = await series(3600);
    expect(hour).toEqual([0, 2.143, 5]);
  });

  it('are gathered though a clock that was ahead has left some in the future', async () => {
    await keepSample(store, { worker, figures: figures(9), now: new Date(begin + 2 * DAY) });
    await gather(begin + 2 * DAY + 2 * HOUR);
    await fill(120);
    expect(await gather(begin + 10 * MINUTE)).toBe(2);
  });

  it('are kept a day, a week and a year', async () => {
    await fill(60);
    await gather(begin + 2 * HOUR);
    const steps = async (): Promise<number[]> => {
      const { rows } = await store.query<{ step: number }>({
        text: `SELECT DISTINCT step_s AS step FROM self_samples ORDER BY 1`,
      });
      return rows.map(({ step }) => step);
    };
    expect(await steps()).toEqual([10, 60, 3600]);
    expect(await pruneSamples(store, new Date(begin + DAY - 1))).toBe(0);
    await pruneSamples(store, new Date(begin + DAY + MINUTE));
    expect(await steps()).toEqual([60, 3600]);
    await pruneSamples(store, new Date(begin + 7 * DAY + MINUTE));
    expect(await steps()).toEqual([3600]);
    await pruneSamples(store, new Date(begin + 367 * DAY));
    expect(await steps()).toEqual([]);
  });

  it('are pruned in batches, however many there are', async () => {
    await fill(50_000);
    expect(await pruneSamples(store, new Date(begin + 3 * DAY))).toBe(5000);
  });

  it('are asked for in a span that keeps a plot small', () => {
    expect([HOUR, DAY, 7 * DAY, 366 * DAY].map(stepFor)).toEqual([10, 60, 3600, 3600]);
  });
});

describe('what the store knows of queues', () => {
  it('is how old the oldest is, and how long the tasks that ended took', async () => {
    const now = new Date(begin);
    expect(await readQueueFigures(store, { since: new Date(begin - MINUTE), now })).toEqual({
      tasksQueued: 0,
      tasksOldestMs: 0,
      deliveriesOldestMs: 0,
      tasksEnded: 0,
      taskWaitMeanMs: null,
      taskRunMeanMs: null,
    });
    await store.query({
      text: `INSERT INTO events (id, priority, source, category, payload, occurred_at, received_at, route, rule, status)
               SELECT id, 3, 'cli', 'task', 'x', now(), now(), 'task', 'r', 'task' FROM generate_series(1, 3) id`,
    });
    await store.query({
      text: `INSERT INTO tasks (event_id, state, priority, source, category, prompt, queued_at, run_after, started_at, finished_at, outcome)
             VALUES (1, 'queued', 3, 'cli', 'task', 'x', $1::timestamptz - interval '30 s', now(), NULL, NULL, NULL),
                    (2, 'done', 3, 'cli', 'task', 'x', $1::timestamptz - interval '20 s', now(), $1::timestamptz - interval '15 s', $1::timestamptz - interval '5 s', 'done'),
                    (3, 'done', 3, 'cli', 'task', 'x', $1::timestamptz - interval '2 h', now(), $1::timestamptz - interval '1 h', $1::timestamptz - interval '1 h', 'done')`,
      values: [now],
    });
    expect(await readQueueFigures(store, { since: new Date(begin - MINUTE), now })).toMatchObject({
      tasksQueued: 1,
      tasksOldestMs: 30_000,
      tasksEnded: 1,
      taskWaitMeanMs: 5000,
      taskRunMeanMs: 10_000,
    });
  });
});

it('slow statements are summed up by the day, and listed by what they took in all', async () => {
  const keep = (slow: [string, number][], day = 0) =>
    keepSlowStatements(store, {
      worker,
      slow: slow.map(([text, ms]) => ({ text, calls: 1, totalMs: ms, maxMs: ms })),
      now: new Date(begin + day * DAY),
    });
  await keep([['SELECT $1', 600]]);
  await keep([
    ['SELECT $1', 900],
    ['UPDATE x', 5000],
  ]);
  await keep([['SELECT $1', 700]], 1);
  const list = (since: number) => listSlowStatements(store, { worker, since: new Date(since), limit: 10 });
  expect(await list(begin)).toMatchObject([
    { text: 'UPDATE x', calls: 1, totalMs: 5000 },
    { text: 'SELECT $1', calls: 3, totalMs: 2200, maxMs: 900 },
  ]);
  expect(await list(begin + DAY)).toMatchObject([{ text: 'SELECT $1', calls: 1 }]);
});
