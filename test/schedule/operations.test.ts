import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/lib/time.ts';
import { checkSchedule } from '../../src/schedule/doctor.ts';
import { dayOf } from '../../src/schedule/day.ts';
import type { JobKind } from '../../src/schedule/job.ts';
import { scheduleOperations } from '../../src/schedule/operations.ts';
import { createPulse } from '../../src/schedule/pulse.ts';
import { createSchedule } from '../../src/schedule/schedule.ts';
import { scheduleStatus } from '../../src/schedule/status.ts';
import { someStatus } from '../helpers/fake-control.ts';
import { testJob } from '../helpers/scheduler.ts';
import { useDatabase } from '../helpers/use-database.ts';

const { store } = useDatabase('job_fires', 'job_cursors');

const now = new Date(2026, 5, 1, 12);
const kind: JobKind = {
  name: 'goal',
  list: () => Promise.resolve([]),
  run: () => Promise.resolve({ state: 'done' }),
};
const caller = { by: 'dashboard' } as const;

function needs() {
  const schedule = createSchedule();
  const every = (hours: number) =>
    ({ kind: 'every', everyMs: hours * HOUR, anchor: new Date(2026, 5, 1) }) as const;
  for (const job of [
    testJob('late', { schedule: every(6) }),
    testJob('soon', { schedule: every(1) }),
    testJob('broken', { schedule: { kind: 'cron', cron: 'never', zone: 'UTC' } }),
    testJob('paused', { schedule: every(1), paused: true }),
  ])
    schedule.agenda.put(kind, job, { cursor: now, isCutOff: false });
  return { store, schedule, now: () => now };
}

async function insertFire(jobId: string, at: Date, state: string, tookMs: number | null) {
  await store.query({
    text: `INSERT INTO job_fires (job_id, kind, nominal_at, state, reason, worker, claimed_at, due_at, started_at, ended_at)
           VALUES ($1, 'goal', $2, $3, 'because', gen_random_uuid(), $2, $2, $4, $5)`,
    values: [jobId, at, state, tookMs === null ? null : at, new Date(at.getTime() + (tookMs ?? 0))],
  });
}

describe('the list of jobs', () => {
  it('has those first that need a look, then those that are due first, with what their rows say', async () => {
    await insertFire('soon', new Date(2026, 5, 1, 10), 'done', 2_000);
    await insertFire('soon', new Date(2026, 5, 1, 11), 'failed', 500);
    const { jobs, total } = await scheduleOperations['jobs.list'].handle(needs(), {}, caller);
    expect(total).toBe(4);
    expect(jobs.map(({ id }) => id)).toEqual(['broken', 'soon', 'late', 'paused']);
    expect(jobs[0]).toMatchObject({
      problem: expect.stringContaining('1 fields') as unknown,
      nextAt: null,
      last: null,
      durationsMs: [],
    });
    expect(jobs[1]).toMatchObject({
      kind: 'goal',
      everyMs: HOUR,
      nextAt: new Date(2026, 5, 1, 13),
      last: { state: 'failed', reason: 'because' },
      lastDoneAt: new Date(2026, 5, 1, 10, 0, 2),
      durationsMs: [2_000, 500],
    });
    expect(jobs[3]).toMatchObject({ paused: true, nextAt: null });
  });
});

describe('a day of fires', () => {
  it('has what was and what is still to come, of all jobs or of one', async () => {
    await insertFire('late', new Date(2026, 4, 31, 23, 59), 'done', 10);
    await insertFire('late', new Date(2026, 5, 1, 0), 'missed', null);
    await insertFire('soon', new Date(2026, 5, 1, 11), 'done', 10);
    const { handle } = scheduleOperations['fires.list'];
    const today = await handle(needs(), { limit: 100 }, caller);
    expect(today.day).toBe('2026-06-01');
    expect(today.fires.map(({ jobId, state }) => [jobId, state])).toEqual([
      ['soon', 'done'],
      ['late', 'missed'],
    ]);
    expect(today.planned.filter(({ jobId }) => jobId === 'late').map(({ at }) => at.getHours())).toEqual([
      18,
    ]);
    expect(today.planned.filter(({ jobId }) => jobId === 'soon')).toHaveLength(11);
    expect(await handle(needs(), { day: '2026-05-31', job: 'late', limit: 1 }, caller)).toMatchObject({
      fires: [{ jobId: 'late' }],
      hasMore: false,
      planned: [],
    });
  });

  it('of many missed instants belongs to each day that they reach into', async () => {
    await store.query({
      text: `INSERT INTO job_fires (job_id, kind, nominal_at, last_at, instants, state, reason, worker, claimed_at, due_at, ended_at)
             VALUES ('soon', 'goal', '2026-05-01', '2026-06-20', NULL, 'missed', 'because', gen_random_uuid(), now(), now(), now())`,
    });
    expect(
      (await scheduleOperations['fires.list'].handle(needs(), { limit: 10 }, caller)).fires,
    ).toHaveLength(1);
  });

  it('is as long as days are', () => {
    const { name, from, until } = dayOf('2026-02-28', now);
    expect([name, until.getTime() - from.getTime()]).toEqual(['2026-02-28', 24 * HOUR]);
  });
});

describe('the heartbeat', () => {
  it('says that the scheduler stands still after three times its longest wait', () => {
    let mono = 0;
    const pulse = createPulse(() => mono);
    expect([pulse.ageMs(), pulse.isStuck()]).toEqual([undefined, false]);
    pulse.beat();
    mono = 90 * SECOND;
    expect(pulse.isStuck()).toBe(false);
    mono += 1;
    expect(pulse.isStuck()).toBe(true);
    pulse.beat();
    expect(pulse.isStuck()).toBe(false);
  });

  it('is a part of the status', () => {
    const { schedule } = needs();
    schedule.pulse.beat();
    expect(scheduleStatus(schedule, now.getTime() + 2 * HOUR)).toMatchObject({
      jobs: 4,
      broken: 1,
      nextAt: new Date(2026, 5, 1, 13).getTime(),
      lateMs: HOUR,
      stuck: false,
    });
  });

  it.each([
    [{}, 'ok', '12 jobs, last tick'],
    [{ lastTickMsAgo: null }, 'warn', 'not begun'],
    [{ stuck: true, lastTickMsAgo: 5 * MINUTE }, 'fail', 'it stands still since 5 m'],
    [{ lateMs: 5 * MINUTE }, 'warn', 'late by 5 m'],
    [{ broken: 2 }, 'warn', '2 cannot be read'],
  ] as const)('shows in doctor: %j', (changes, verdict, words) => {
    const status = { ...someStatus, schedule: { ...someStatus.schedule, ...changes } };
    const result = checkSchedule({ daemon: { state: 'running', status } });
    expect([result.verdict, result.found]).toEqual([verdict, expect.stringContaining(words)]);
  });
});
