import { afterEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/lib/time.ts';
import {
  pass,
  settle,
  simulatedTime,
  startScheduler,
  testJob,
  testKind,
  type TestScheduler,
} from '../../helpers/scheduler.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase('job_fires', 'job_cursors', 'job_workers');

const workers = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b'] as const;
const hourly = { kind: 'cron', cron: '0 * * * *', zone: 'UTC' } as const;

const started: TestScheduler[] = [];
afterEach(() => {
  for (const scheduler of started.splice(0)) scheduler.kill();
});

/** Two daemons with the same jobs on one database, each with a life of its own. */
function startTwo(
  changes: Parameters<typeof testJob>[1] = {},
  options: Parameters<typeof testKind>[1] = {},
  jobs = 1,
) {
  const time = simulatedTime('2026-06-01T00:00:00Z');
  const all = Array.from({ length: jobs }, (_, n) => testJob(`job-${n}`, { schedule: hourly, ...changes }));
  const kinds = workers.map(() => testKind(time, { jobs: all, ...options }));
  const start = (which: number) => {
    const kind = kinds[which] as (typeof kinds)[number];
    const scheduler = startScheduler({
      store,
      time,
      kinds: [kind],
      worker: workers[which] ?? '',
      isShared: true,
    });
    started.push(scheduler);
    return scheduler;
  };
  return { time, kinds, start };
}

const statesOf = async () =>
  (
    await store.query<{ line: string }>({
      text: `SELECT to_char(nominal_at AT TIME ZONE 'UTC', 'HH24:MI') || ' ' || state AS line FROM job_fires ORDER BY nominal_at, id`,
    })
  ).rows.map(({ line }) => line);

describe('two daemons on one database', () => {
  it('fire 1,000 instants once each, with both at work', async () => {
    const { time, kinds, start } = startTwo(
      { schedule: { kind: 'every', everyMs: MINUTE, anchor: new Date(0) } },
      {},
      50,
    );
    const both = [start(0), start(1)];
    await pass(time, 20 * MINUTE + SECOND, ...both);
    const runs = kinds.flatMap((kind) =>
      kind.runs.map(({ fire }) => `${fire.jobId} ${fire.nominalAt.toISOString()}`),
    );
    expect(runs).toHaveLength(1_000);
    expect(new Set(runs).size).toBe(1_000);
    for (const kind of kinds) expect(kind.runs.length).toBeGreaterThan(0);
    const { rows } = await store.query({
      text: 'SELECT state, count(*) AS fires FROM job_fires GROUP BY state',
    });
    expect(rows).toEqual([{ state: 'done', fires: 1_000 }]);
    expect(both.flatMap(({ problems }) => problems)).toEqual([]);
  });

  it('fire each instant once also where one is killed and comes back again and again', async () => {
    const { time, kinds, start } = startTwo({ missed: 'all' }, {}, 3);
    const always = start(0);
    for (let hour = 0; hour < 12; hour += 1) {
      const other = start(1);
      await pass(time, 30 * MINUTE + hour * 5 * SECOND, always, other);
      other.kill();
      await pass(time, 30 * MINUTE - hour * 5 * SECOND, always);
    }
    const runs = kinds.flatMap((kind) =>
      kind.runs.map(({ fire }) => `${fire.jobId} ${fire.nominalAt.toISOString()}`),
    );
    expect(runs).toHaveLength(36);
    expect(new Set(runs).size).toBe(36);
  });

  it('fire each instant once also where their clocks are minutes or days apart', async () => {
    for (const apartMs of [3 * MINUTE, 2 * DAY]) {
      await store.query({ text: 'TRUNCATE job_fires, job_cursors, goal_runs' });
      const time = simulatedTime('2026-06-01T00:00:00Z');
      const ahead = { ...time, now: () => new Date(time.now().getTime() + apartMs) };
      const kinds = [
        testKind(time, { jobs: [testJob('job', { schedule: hourly })] }),
        testKind(ahead, { jobs: [testJob('job', { schedule: hourly })] }),
      ];
      const both = [time, ahead].map((clock, which) => {
        const scheduler = startScheduler({
          store,
          time: clock,
          kinds: [kinds[which] as (typeof kinds)[number]],
          worker: workers[which] ?? '',
          isShared: true,
        });
        started.push(scheduler);
        return scheduler;
      });
      await pass(time, 5.5 * HOUR, ...both);
      const runs = kinds.flatMap((kind) => kind.runs.map(({ fire }) => fire.nominalAt.getTime()));
      expect(new Set(runs).size).toBe(runs.length);
      // By the clock that is right, nothing is left out either.
      for (let hour = 1; hour <= 5; hour += 1)
        expect(runs).toContain(Date.parse('2026-06-01T00:00:00Z') + hour * HOUR);
      for (const scheduler of both) scheduler.kill();
    }
  });

  it('let none start a fire while the other one still runs the last', async () => {
    const { time, kinds, start } = startTwo(
      { overlap: 'skip', timeoutMs: DAY },
      { lastsMs: () => 90 * MINUTE },
    );
    const both = [start(0), start(1)];
    await pass(time, 4.5 * HOUR, ...both);
    expect(kinds.flatMap(({ runs }) => runs)).toHaveLength(2);
    expect(await statesOf()).toEqual(['01:00 done', '02:00 skipped', '03:00 done', '04:00 skipped']);
  });

  it('wait for one another where fires queue', async () => {
    const { time, kinds, start } = startTwo(
      { overlap: 'queue', timeoutMs: DAY },
      { lastsMs: () => undefined },
    );
    const [one, other] = [start(0), start(1)];
    await pass(time, HOUR + MINUTE, one, other);
    const [runner, waiter] = kinds[0]?.runs.length === 1 ? [0, 1] : [1, 0];
    // Only the one that waits is there to claim the next instant.
    const run = kinds[runner]?.runs[0];
    const schedulers = [one, other];
    await pass(time, HOUR, ...schedulers);
    expect(kinds.flatMap(({ runs }) => runs)).toHaveLength(1);
    run?.end({ state: 'done' });
    await pass(time, 10 * SECOND, ...schedulers);
    expect(kinds.flatMap(({ runs }) => runs)).toHaveLength(2);
    expect(waiter).not.toBe(runner);
  });

  it('end a run elsewhere where a newer fire takes its place', async () => {
    const { time, kinds, start } = startTwo(
      { overlap: 'cancel-other', timeoutMs: DAY },
      { lastsMs: () => undefined },
    );
    const both = [start(0), start(1)];
    await pass(time, 2 * HOUR + 30 * SECOND, ...both);
    const runs = kinds.flatMap((kind) => kind.runs).sort((a, b) => a.fire.id - b.fire.id);
    expect(runs.map(({ causes }) => causes)).toEqual([['cancel-other'], []]);
    expect(await statesOf()).toEqual(['01:00 cancelled', '02:00 running']);
  });

  it('take up what a daemon that is gone has left, as soon as that is known', async () => {
    const { time, kinds, start } = startTwo(
      { timeoutMs: DAY },
      { lastsMs: () => undefined, canResume: true },
    );
    const first = start(0);
    await pass(time, HOUR + 10 * SECOND, first);
    const second = start(1);
    await pass(time, MINUTE, first, second);
    expect(kinds[1]?.runs).toEqual([]);
    first.kill();
    await pass(time, 3 * MINUTE, second);
    expect(kinds[1]?.runs.map(({ isResumed, fire }) => [isResumed, fire.nominalAt.getUTCHours()])).toEqual([
      [true, 1],
    ]);
    kinds[1]?.runs[0]?.end({ state: 'done' });
    await settle(second);
    expect(await statesOf()).toEqual(['01:00 done']);
  });

  it('leave a daemon alone that is only slow, and whose clock has jumped', async () => {
    const { time, kinds, start } = startTwo(
      { timeoutMs: 5 * DAY },
      { lastsMs: () => undefined, canResume: true },
    );
    const both = [start(0), start(1)];
    await pass(time, HOUR + 10 * SECOND, ...both);
    time.jump(2 * DAY);
    await pass(time, 10 * MINUTE, ...both);
    const runs = kinds.flatMap((kind) => kind.runs).filter(({ fire }) => fire.nominalAt.getUTCHours() === 1);
    expect(runs.filter(({ isResumed }) => isResumed)).toEqual([]);
  });

  it('keep to the jobs that each has for itself', async () => {
    const time = simulatedTime('2026-06-01T00:00:00Z');
    const kinds = workers.map((worker) =>
      testKind(time, { jobs: [testJob(`sensor:${worker}:disk`, { schedule: hourly })] }),
    );
    const both = kinds.map((kind, which) => {
      const scheduler = startScheduler({
        store,
        time,
        kinds: [kind],
        worker: workers[which] ?? '',
        isShared: true,
      });
      started.push(scheduler);
      return scheduler;
    });
    await pass(time, 2.5 * HOUR, ...both);
    expect(kinds.map(({ runs }) => runs.length)).toEqual([2, 2]);
    const { rows } = await store.query({ text: 'SELECT count(*) AS cursors FROM job_cursors' });
    expect(rows).toEqual([{ cursors: 2 }]);
  });
});
