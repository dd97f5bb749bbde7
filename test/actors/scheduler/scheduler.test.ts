import { afterEach, describe, expect, it } from 'vitest';
import { StoreAwayError } from '../../../src/lib/errors.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/lib/time.ts';
import type { JobDefinition } from '../../../src/schedule/job.ts';
import {
  firesOf,
  pass,
  settle,
  simulatedTime,
  startScheduler,
  switchableStore,
  testJob,
  testKind,
  type TestScheduler,
} from '../../helpers/scheduler.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase('job_fires', 'job_cursors', 'job_workers');

/** A text that has these words in it. */
const saying = (words: string): unknown => expect.stringContaining(words);

const worker = '00000000-0000-4000-8000-000000000001';
const hourly = { kind: 'cron', cron: '0 * * * *', zone: 'UTC' } as const;

const started: TestScheduler[] = [];
afterEach(() => {
  for (const scheduler of started.splice(0)) scheduler.kill();
});

/** A scheduler with a single job named `job`. */
function startWith(
  changes: Partial<JobDefinition>,
  options: Parameters<typeof testKind>[1] = {},
  begin = '2026-06-01T00:00:00Z',
) {
  const time = simulatedTime(begin);
  const kind = testKind(time, { jobs: [testJob('job', { schedule: hourly, ...changes })], ...options });
  const shop = switchableStore(store);
  const start = () => {
    const scheduler = startScheduler({ store: shop, time, kinds: [kind], worker });
    started.push(scheduler);
    return scheduler;
  };
  return { time, kind, shop, start };
}

async function rowsOf(jobId = 'job') {
  const { rows } = await store.query<{
    at: string;
    state: string;
    reason: string | null;
    instants: number | null;
  }>({
    text: `SELECT to_char(nominal_at AT TIME ZONE 'UTC', 'DD HH24:MI:SS') AS at, state, reason, instants
             FROM job_fires WHERE job_id = $1 ORDER BY nominal_at`,
    values: [jobId],
  });
  return rows;
}

const statesOf = async (jobId?: string) =>
  (await rowsOf(jobId)).map(({ at, state }) => `${at.slice(0, 8)} ${state}`);

describe('a job', () => {
  it('fires at each instant once, and its rows say how it went', async () => {
    const { time, kind, start } = startWith({}, {}, '2026-06-01T06:58:00Z');
    const scheduler = start();
    await pass(time, 3 * HOUR, scheduler);
    expect(await firesOf(store, 'job')).toEqual([
      '2026-06-01T07:00 done',
      '2026-06-01T08:00 done',
      '2026-06-01T09:00 done',
    ]);
    expect(kind.runs.map(({ fire, at }) => at.getTime() - fire.nominalAt.getTime())).toEqual([0, 0, 0]);
    expect(scheduler.problems).toEqual([]);
    scheduler.stop();
    await settle(scheduler);
    expect(scheduler.actor.getSnapshot().value).toBe('stopped');
  });

  it('for a single instant fires once, also where it is first seen just after it', async () => {
    const { time, kind, start } = startWith({
      schedule: { kind: 'at', at: new Date('2026-06-01T08:00:00Z') },
    });
    const first = start();
    await settle(first);
    first.kill();
    kind.jobs = [
      testJob('job', { schedule: { kind: 'at', at: new Date('2026-06-01T08:00:00Z') } }),
      testJob('late', { schedule: { kind: 'at', at: new Date('2026-06-01T07:59:59Z') } }),
    ];
    const scheduler = start();
    await pass(time, 8 * HOUR - MINUTE, scheduler);
    kind.jobs = [
      ...kind.jobs,
      testJob('new', { schedule: { kind: 'at', at: new Date(time.now().getTime() - SECOND) } }),
    ];
    scheduler.bus.emit('jobs.changed', { kind: 'test' });
    await pass(time, 2 * DAY, scheduler);
    expect(await statesOf()).toEqual(['01 08:00 done']);
    expect(await statesOf('late')).toEqual(['01 07:59 done']);
    expect(await statesOf('new')).toEqual(['01 07:58 done']);
  });

  it('starts within its jitter, before its next instant, and always as late for the same instant', async () => {
    const { time, kind, start } = startWith({ jitterMs: 10 * MINUTE });
    await pass(time, 6 * HOUR, start());
    const delays = kind.runs.map(({ fire, at }) => at.getTime() - fire.nominalAt.getTime());
    expect(delays).toHaveLength(5);
    expect(Math.max(...delays)).toBeLessThanOrEqual(10 * MINUTE);
    expect(new Set(delays).size).toBeGreaterThan(3);
  });

  it('says that it failed where its run rejects, with the reason', async () => {
    const { time, kind, start } = startWith({});
    kind.run = () => Promise.reject(new Error('no such host\0'));
    await pass(time, HOUR, start());
    expect(await rowsOf()).toMatchObject([
      { at: '01 01:00:00', state: 'failed', reason: 'no such host\uFFFD' },
    ]);
  });

  it('whose schedule cannot be read is counted and stops no other', async () => {
    const { time, kind, start } = startWith({});
    kind.jobs.push(
      testJob('broken', { schedule: { kind: 'cron', cron: '61 * * * *', zone: 'UTC' } }),
      testJob('nowhere', { schedule: { kind: 'cron', cron: '* * * * *', zone: 'Mars/Olympus' } }),
      testJob('never', { schedule: { kind: 'cron', cron: '0 0 30 2 *', zone: 'UTC' } }),
      testJob('endless', { timeoutMs: Infinity }),
    );
    const scheduler = start();
    await pass(time, HOUR, scheduler);
    expect(await statesOf()).toEqual(['01 01:00 done']);
    expect(scheduler.schedule.agenda.broken()).toBe(2);
    expect(scheduler.problems).toEqual([saying('endless')]);
  });

  it('of one kind goes on where another kind cannot be listed', async () => {
    const { time, kind, start } = startWith({});
    const scheduler = start();
    await settle(scheduler);
    kind.list = () => Promise.reject(new Error('a file that does not parse'));
    scheduler.bus.emit('jobs.changed', { kind: 'test' });
    await pass(time, HOUR, scheduler);
    expect(await statesOf()).toEqual(['01 01:00 done']);
    expect(scheduler.problems).toEqual([saying('a file that does not parse')]);
  });
});

describe('a change', () => {
  it('of the schedule counts from now on: neither old nor new instants of before are missed', async () => {
    const { time, kind, start } = startWith({ schedule: { kind: 'cron', cron: '0 9 * * *', zone: 'UTC' } });
    const scheduler = start();
    await pass(time, 8.5 * HOUR, scheduler);
    kind.jobs = [testJob('job', { schedule: { kind: 'cron', cron: '0 8 * * *', zone: 'UTC' } })];
    scheduler.bus.emit('jobs.changed', { kind: 'test' });
    await pass(time, DAY, scheduler);
    expect(await statesOf()).toEqual(['02 08:00 done']);
  });

  it('that pauses a job leaves no instant of the pause behind', async () => {
    const { time, kind, start } = startWith({ missed: 'all' });
    const scheduler = start();
    await pass(time, 90 * MINUTE, scheduler);
    const pause = (paused: boolean) => {
      kind.jobs = kind.jobs.map((job) => ({ ...job, paused }));
      scheduler.bus.emit('jobs.changed', { kind: 'test' });
    };
    pause(true);
    await pass(time, 3 * HOUR, scheduler);
    pause(false);
    await pass(time, HOUR, scheduler);
    expect(await statesOf()).toEqual(['01 01:00 done', '01 05:00 done']);
  });

  it('that removes a job while it runs ends the run, and what waits behind it', async () => {
    const { time, kind, start } = startWith(
      { overlap: 'queue', timeoutMs: DAY },
      { lastsMs: () => undefined },
    );
    const scheduler = start();
    await pass(time, 2 * HOUR, scheduler);
    kind.jobs = [];
    scheduler.bus.emit('jobs.changed', { kind: 'test' });
    await pass(time, 2 * HOUR, scheduler);
    expect(kind.runs.map(({ causes }) => causes)).toEqual([['removed']]);
    expect(await rowsOf()).toMatchObject([
      { at: '01 01:00:00', state: 'cancelled', reason: 'its job was removed' },
      { at: '01 02:00:00', state: 'cancelled', reason: 'its job was removed' },
    ]);
    expect(scheduler.schedule.line.waiting()).toBe(0);
  });

  it('in a flood costs few looks', async () => {
    const { time, kind, start } = startWith({});
    let looks = 0;
    kind.list = () => {
      looks += 1;
      return Promise.resolve(kind.jobs);
    };
    const scheduler = start();
    await settle(scheduler);
    for (let n = 0; n < 1_000; n += 1) scheduler.bus.emit('jobs.changed', { kind: 'test' });
    await pass(time, SECOND, scheduler);
    expect(looks).toBe(2);
    await pass(time, 6 * MINUTE, scheduler);
    expect(looks).toBe(3);
  });
});

describe('instants that passed while the daemon was not running', () => {
  const downFor = async (ms: number, changes: Partial<JobDefinition>) => {
    const { time, kind, start } = startWith(changes);
    const before = start();
    await pass(time, 30 * MINUTE, before);
    before.kill();
    await pass(time, ms);
    const runsBefore = kind.runs.length;
    await pass(time, 10 * MINUTE, start());
    return kind.runs.slice(runsBefore).map(({ fire }) => fire.nominalAt.toISOString().slice(8, 16));
  };

  it('are all missed where they are to be skipped, each with its reason', async () => {
    expect(await downFor(4 * HOUR, { missed: 'skip' })).toEqual([]);
    expect(await rowsOf()).toEqual(
      [1, 2, 3, 4].map((hour) => ({
        at: `01 0${hour}:00:00`,
        state: 'missed',
        reason: 'the daemon was not running, and missed fires of this job are skipped',
        instants: 1,
      })),
    );
  });

  it('are made up for by the latest one', async () => {
    expect(await downFor(4 * HOUR, { missed: 'once' })).toEqual(['01T04:00']);
    expect(await rowsOf()).toMatchObject([
      {
        state: 'missed',
        reason: saying('the fire of 2026-06-01T04:00:00.000Z makes up for it'),
      },
      { state: 'missed' },
      { state: 'missed' },
      { at: '01 04:00:00', state: 'done' },
    ]);
  });

  it('are all made up for in their order, up to the cap and within the window', async () => {
    expect(await downFor(6 * HOUR, { missed: 'all', missedCap: 3 })).toEqual([
      '01T04:00',
      '01T05:00',
      '01T06:00',
    ]);
    expect((await rowsOf())[0]?.reason).toContain('at most 3 fires');
    await store.query({ text: 'TRUNCATE job_fires, job_cursors, goal_runs' });
    expect(await downFor(6 * HOUR, { missed: 'all', missedWindowMs: 2 * HOUR })).toEqual([
      '01T05:00',
      '01T06:00',
    ]);
    expect((await rowsOf())[0]?.reason).toContain('older than the window');
  });

  it('share a row where they are very many, so that no flood of rows comes', async () => {
    await downFor(30 * DAY, {
      missed: 'once',
      schedule: { kind: 'every', everyMs: MINUTE, anchor: new Date(0) },
    });
    const { rows } = await store.query<{ rows: number; instants: number; states: string }>({
      text: `SELECT count(*) AS rows, sum(instants) AS instants, string_agg(DISTINCT state, ' ') AS states
               FROM job_fires WHERE nominal_at > '2026-06-01T00:30:00Z' AND nominal_at <= '2026-07-01T00:30:00Z'`,
    });
    expect(rows).toEqual([{ rows: 251, instants: String(30 * 24 * 60), states: 'done missed' }]);
  });

  it('are not made up for after a run that was ended together with the daemon, so that no job restarts it for ever', async () => {
    const { time, kind, start } = startWith({ missed: 'all' }, { lastsMs: () => undefined });
    const before = start();
    await pass(time, 61 * MINUTE, before);
    before.kill();
    await pass(time, 3 * HOUR);
    const after = start();
    await pass(time, 10 * MINUTE, after);
    expect(kind.runs).toHaveLength(1);
    const rows = await rowsOf();
    expect(rows).toMatchObject([
      { at: '01 01:00:00', state: 'failed', reason: 'the daemon ended meanwhile' },
      { state: 'missed', reason: saying('ended together with the daemon') },
      { state: 'missed' },
      { state: 'missed' },
    ]);
    // The series goes on by itself, and from then on everything is made up for as before.
    await pass(time, HOUR, after);
    expect(kind.runs).toHaveLength(2);
  });

  it('are not made up for either where the daemon was stopped in order', async () => {
    const { time, kind, start } = startWith({ missed: 'once' }, { lastsMs: () => undefined });
    const before = start();
    await pass(time, 61 * MINUTE, before);
    before.stop();
    await settle(before);
    expect(await rowsOf()).toMatchObject([{ state: 'failed', reason: 'the daemon stopped meanwhile' }]);
    await pass(time, 3 * HOUR);
    await pass(time, 10 * MINUTE, start());
    expect(kind.runs).toHaveLength(1);
    expect(await statesOf()).toEqual([
      '01 01:00 failed',
      '01 02:00 missed',
      '01 03:00 missed',
      '01 04:00 missed',
    ]);
  });

  it('take no fire on time its place, and that one takes theirs to none', async () => {
    const { time, kind, start } = startWith({ missed: 'all' });
    const before = start();
    await pass(time, MINUTE, before);
    before.kill();
    await pass(time, 4 * HOUR - MINUTE - SECOND);
    await pass(time, 10 * MINUTE, start());
    expect(await statesOf()).toEqual(['01 01:00 done', '01 02:00 done', '01 03:00 done', '01 04:00 done']);
    expect(kind.runs.map(({ fire }) => fire.nominalAt.getUTCHours())).toEqual([1, 4, 2, 3]);
  });

  it('start one after the other, so that a start is no stampede', async () => {
    const { time, kind, start } = startWith({});
    kind.jobs = Array.from({ length: 100 }, (_, n) => testJob(`job-${n}`, { schedule: hourly }));
    const before = start();
    await pass(time, MINUTE, before);
    before.kill();
    await pass(time, 2 * HOUR);
    const after = start();
    await pass(time, 10 * SECOND, after);
    expect(kind.runs).toHaveLength(6);
    await pass(time, 5 * MINUTE, after);
    expect(kind.runs).toHaveLength(100);
  });
});

describe('a run', () => {
  it('that was under way when the daemon ended goes on where its kind can do so, and else has failed', async () => {
    const { time, kind, start } = startWith({}, { lastsMs: () => undefined, canResume: true });
    const before = start();
    await pass(time, 61 * MINUTE, before);
    before.stop();
    await settle(before);
    expect(await statesOf()).toEqual(['01 01:00 running']);
    const after = start();
    await settle(after);
    expect(kind.runs.map(({ isResumed, fire }) => [isResumed, fire.startedAt.toISOString()])).toEqual([
      [false, '2026-06-01T01:00:00.000Z'],
      [true, '2026-06-01T01:00:00.000Z'],
    ]);
    kind.runs[1]?.end({ state: 'done' });
    await settle(after);
    expect(await statesOf()).toEqual(['01 01:00 done']);
  });

  it('is not resumed for ever where the daemon ends again and again', async () => {
    const { time, kind, start } = startWith(
      { timeoutMs: DAY },
      { lastsMs: () => undefined, canResume: true },
    );
    for (let life = 0; life < 6; life += 1) {
      const scheduler = start();
      await pass(time, 61 * MINUTE, scheduler);
      scheduler.kill();
    }
    const last = kind.runs.filter(({ fire }) => fire.nominalAt.toISOString() === '2026-06-01T01:00:00.000Z');
    expect(last.length).toBeLessThanOrEqual(3);
    expect((await rowsOf())[0]).toMatchObject({
      state: 'failed',
      reason: saying('the daemon ended'),
    });
  });

  it('ends at its timeout, and one that does not end is left behind: the series goes on', async () => {
    const { time, kind, start } = startWith(
      { timeoutMs: 5 * MINUTE },
      { lastsMs: () => undefined, isDeaf: true },
    );
    const scheduler = start();
    await pass(time, 3 * HOUR, scheduler);
    expect(kind.runs.map(({ causes }) => causes)).toEqual([['timeout'], ['timeout'], []]);
    expect(await rowsOf()).toMatchObject([
      { state: 'failed', reason: 'it took longer than 5 m, and did not end when it was told to' },
      { state: 'failed' },
      { state: 'running' },
    ]);
  });

  it('that is slow holds up no other job', async () => {
    const { time, kind, start } = startWith(
      {},
      { lastsMs: ({ jobId }) => (jobId === 'job' ? undefined : 0) },
    );
    kind.jobs.push(testJob('quick', { schedule: { kind: 'every', everyMs: MINUTE, anchor: new Date(0) } }));
    await pass(time, 65 * MINUTE, start());
    expect((await statesOf('quick')).filter((row) => row.endsWith('done'))).toHaveLength(65);
  });

  it('waits for room where its kind has no more', async () => {
    const { time, kind, start } = startWith({}, { lastsMs: () => MINUTE, concurrency: 2 });
    kind.jobs = Array.from({ length: 6 }, (_, n) => testJob(`job-${n}`, { schedule: hourly }));
    await pass(time, HOUR + 10 * MINUTE, start());
    const minutes = kind.runs.map(({ at }) => (at.getTime() - Date.parse('2026-06-01T01:00:00Z')) / MINUTE);
    expect(minutes).toEqual([0, 0, 1, 1, 2, 2]);
  });
});

describe('a fire whose job is still at its last one', () => {
  const overlapping = (overlap: JobDefinition['overlap'], lasts: number | undefined) =>
    startWith({ overlap, timeoutMs: DAY }, { lastsMs: () => lasts });

  it('is skipped, with the reason', async () => {
    const { time, start } = overlapping('skip', 150 * MINUTE);
    await pass(time, 4 * HOUR, start());
    expect(await rowsOf()).toMatchObject([
      { at: '01 01:00:00', state: 'done' },
      {
        at: '01 02:00:00',
        state: 'skipped',
        reason: 'the fire of 2026-06-01T01:00:00.000Z was still running',
      },
      { at: '01 03:00:00', state: 'skipped' },
      { at: '01 04:00:00', state: 'running' },
    ]);
  });

  it('waits its turn', async () => {
    const { time, kind, start } = overlapping('queue', 90 * MINUTE);
    await pass(time, 4 * HOUR + 5 * MINUTE, start());
    expect(kind.runs.map(({ at }) => at.toISOString().slice(11, 16))).toEqual(['01:00', '02:30', '04:00']);
    expect(await statesOf()).toEqual([
      '01 01:00 done',
      '01 02:00 done',
      '01 03:00 running',
      '01 04:00 claimed',
    ]);
  });

  it('waits in a queue that has an end', async () => {
    const { time, start } = overlapping('queue', undefined);
    await pass(time, 15 * HOUR, start());
    const states = (await rowsOf()).map(({ state }) => state);
    expect(states.filter((state) => state === 'claimed')).toHaveLength(10);
    expect(states.filter((state) => state === 'skipped')).toHaveLength(4);
  });

  it('ends the other one first, and begins when it is gone', async () => {
    const { time, kind, start } = startWith(
      { overlap: 'cancel-other', timeoutMs: DAY },
      { lastsMs: () => undefined, isDeaf: true },
    );
    const scheduler = start();
    await pass(time, 2 * HOUR + 10 * SECOND, scheduler);
    expect(kind.runs).toHaveLength(1);
    expect(kind.runs[0]?.causes).toEqual(['cancel-other']);
    kind.runs[0]?.end({ state: 'cancelled', reason: 'told so' });
    await settle(scheduler);
    expect(kind.runs).toHaveLength(2);
    expect(await rowsOf()).toMatchObject([
      { state: 'cancelled', reason: 'a newer fire of its job took its place' },
      { at: '01 02:00:00', state: 'running' },
    ]);
    // One that does not end is left behind after half a minute.
    await pass(time, HOUR + MINUTE, scheduler);
    expect(kind.runs).toHaveLength(3);
  });
});

describe('a clock', () => {
  it('that stood still for a night makes each job up for what it missed, by its policy', async () => {
    const { time, kind, start } = startWith({}, {}, '2026-06-01T22:10:00Z');
    kind.jobs = [
      testJob('skip', { schedule: hourly, missed: 'skip' }),
      testJob('once', { schedule: hourly, missed: 'once' }),
      testJob('all', { schedule: hourly, missed: 'all', missedCap: 4 }),
    ];
    const scheduler = start();
    await pass(time, 10 * MINUTE, scheduler);
    time.jump(8 * HOUR);
    await pass(time, 10 * MINUTE, scheduler);
    const ran = (id: string) =>
      kind.runs.filter(({ fire }) => fire.jobId === id).map(({ fire }) => fire.nominalAt.getUTCHours());
    expect([ran('skip'), ran('once'), ran('all')]).toEqual([[], [6], [3, 4, 5, 6]]);
    const rows = await rowsOf('skip');
    expect(rows).toHaveLength(8);
    expect(rows[0]?.reason).toBe(
      'the machine slept or its clock was set forward, by 8 h, and missed fires of this job are skipped',
    );
  });

  it('that is two days ahead and comes back fires nothing twice, and nothing never', async () => {
    const { time, kind, start } = startWith({ missed: 'once' });
    const scheduler = start();
    await pass(time, 3.5 * HOUR, scheduler);
    time.jump(2 * DAY);
    await pass(time, 2 * HOUR, scheduler);
    time.jump(-2 * DAY);
    await pass(time, 60 * HOUR, scheduler);
    const nominal = kind.runs.map(({ fire }) => fire.nominalAt.getTime());
    expect(new Set(nominal).size).toBe(nominal.length);
    const first = Date.parse('2026-06-01T01:00:00Z');
    const last = Date.parse('2026-06-03T17:00:00Z');
    const all = Array.from({ length: (last - first) / HOUR + 1 }, (_, n) => first + n * HOUR);
    // What passed while the clock was elsewhere was missed, and says so; all else ran at its time, or is a future that came true.
    const passed = [4, 5].map((hour) => first + (hour - 1) * HOUR);
    expect([...nominal].sort((a, b) => a - b)).toEqual(all.filter((instant) => !passed.includes(instant)));
    expect(await statesOf()).toEqual(expect.arrayContaining(['01 04:00 missed', '01 05:00 missed']));
  });

  it('that goes back two days fires nothing twice, and goes on when it is past what has been', async () => {
    const { time, kind, start } = startWith({}, {}, '2026-06-03T00:30:00Z');
    const scheduler = start();
    await pass(time, 3 * HOUR, scheduler);
    time.jump(-2 * DAY);
    await pass(time, 49 * HOUR, scheduler);
    const nominal = kind.runs.map(({ fire }) => fire.nominalAt.toISOString());
    expect(new Set(nominal).size).toBe(nominal.length);
    expect(kind.runs).toHaveLength(3 + 46);
  });

  it('that was ahead in the life before does not silence this one', async () => {
    const { time, kind, start } = startWith({});
    const before = start();
    await settle(before);
    time.jump(2 * DAY);
    await pass(time, 2 * HOUR, before);
    before.kill();
    time.jump(-2 * DAY);
    const runsBefore = kind.runs.length;
    await pass(time, 5 * HOUR, start());
    expect(kind.runs.slice(runsBefore).map(({ fire }) => fire.nominalAt.toISOString().slice(8, 13))).toEqual([
      '01T03',
      '01T04',
      '01T05',
      '01T06',
      '01T07',
    ]);
  });
});

describe('while the store is away', () => {
  it('nothing is started, and afterwards nothing is lost and nothing doubled', async () => {
    const { time, kind, shop, start } = startWith({
      missed: 'all',
      schedule: { kind: 'every', everyMs: 5 * MINUTE, anchor: new Date(0) },
    });
    const scheduler = start();
    await pass(time, 4 * MINUTE, scheduler);
    shop.isAway = true;
    await pass(time, 15 * MINUTE, scheduler);
    expect(kind.runs).toHaveLength(0);
    expect(scheduler.schedule.pulse.isStuck()).toBe(false);
    shop.isAway = false;
    await pass(time, 2 * MINUTE, scheduler);
    expect(kind.runs.map(({ fire }) => fire.nominalAt.getUTCMinutes())).toEqual([5, 10, 15, 20]);
    expect(await statesOf()).toEqual(['01 00:05 done', '01 00:10 done', '01 00:15 done', '01 00:20 done']);
  });

  it('what is missed says so', async () => {
    const { time, shop, start } = startWith({ missed: 'skip' });
    const scheduler = start();
    await pass(time, 59 * MINUTE, scheduler);
    shop.isAway = true;
    await pass(time, 10 * MINUTE, scheduler);
    shop.isAway = false;
    await pass(time, 52 * MINUTE, scheduler);
    expect(await rowsOf()).toMatchObject([
      {
        at: '01 01:00:00',
        state: 'missed',
        reason: 'the database was away, and missed fires of this job are skipped',
      },
      { at: '01 02:00:00', state: 'done' },
    ]);
  });

  it('the end of a run is kept until it can be written down', async () => {
    const { time, kind, shop, start } = startWith({ timeoutMs: DAY }, { lastsMs: () => undefined });
    const scheduler = start();
    await pass(time, HOUR, scheduler);
    shop.isAway = true;
    kind.runs[0]?.end({ state: 'done' });
    await pass(time, 10 * MINUTE, scheduler);
    shop.isAway = false;
    await pass(time, MINUTE, scheduler);
    expect(await statesOf()).toEqual(['01 01:00 done']);
    expect(kind.runs).toHaveLength(1);
  });

  it('a claim whose answer is lost is made again, and its fire runs once', async () => {
    const { time, kind, shop, start } = startWith({});
    let lost = 0;
    shop.transaction = async (work) => {
      const result = await store.transaction(work);
      if (lost > 0 || shop.isAway || time.now() < new Date('2026-06-01T01:00:00Z')) return result;
      lost += 1;
      throw new StoreAwayError('the connection was lost after COMMIT');
    };
    const scheduler = start();
    await pass(time, 90 * MINUTE, scheduler);
    expect(lost).toBe(1);
    expect(kind.runs).toHaveLength(1);
    expect(await statesOf()).toEqual(['01 01:00 done']);
  });
});

describe('a fire by hand', () => {
  it('runs at once, also of a paused job, and tells its end', async () => {
    const { time, kind, start } = startWith({ paused: true }, { lastsMs: () => undefined });
    const scheduler = start();
    await settle(scheduler);
    const asked = scheduler.schedule.fireNow('job');
    await settle(scheduler);
    const { id, ended } = await asked;
    expect(kind.runs.map(({ fire }) => [fire.id, fire.byHand])).toEqual([[id, true]]);
    kind.runs[0]?.end({ state: 'failed', reason: 'not today' });
    await settle(scheduler);
    expect(await ended).toEqual({ state: 'failed', reason: 'not today' });
    expect(time.now().toISOString()).toBe('2026-06-01T00:00:00.000Z');
  });

  it('of a job that is new finds it, and of none at all is refused', async () => {
    const { kind, start } = startWith({});
    const scheduler = start();
    await settle(scheduler);
    kind.jobs.push(testJob('new'));
    const asked = scheduler.schedule.fireNow('new');
    await settle(scheduler);
    expect(await (await asked).ended).toEqual({ state: 'done' });
    const refused = scheduler.schedule.fireNow('none').catch((error: unknown) => error);
    await settle(scheduler);
    expect(await refused).toMatchObject({ code: 'NOT_FOUND', message: 'there is no job none' });
  });

  it('follows the overlap policy, and is refused while the store is away', async () => {
    const { time, kind, shop, start } = startWith({ timeoutMs: DAY }, { lastsMs: () => undefined });
    const scheduler = start();
    await pass(time, HOUR, scheduler);
    const asked = scheduler.schedule.fireNow('job');
    await settle(scheduler);
    expect(await (await asked).ended).toMatchObject({
      state: 'skipped',
      reason: saying('still running'),
    });
    expect(kind.runs).toHaveLength(1);
    shop.isAway = true;
    const refused = scheduler.schedule.fireNow('job').catch((error: unknown) => error);
    await settle(scheduler);
    expect(await refused).toMatchObject({ code: 'STORE_AWAY' });
  });
});
