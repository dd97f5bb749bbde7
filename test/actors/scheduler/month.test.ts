import { expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/lib/time.ts';
import { instantsOf } from '../../../src/schedule/instants.ts';
import type { JobDefinition, Schedule } from '../../../src/schedule/job.ts';
import {
  pass,
  settle,
  simulatedTime,
  startScheduler,
  switchableStore,
  testJob,
  testKind,
} from '../../helpers/scheduler.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase('job_fires', 'job_cursors', 'job_workers');

/** Numbers that look random and are the same each time (mulberry32). */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below;
  };
}

const begin = new Date('2026-03-10T12:00:00Z');
const monthMs = 30 * DAY;
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Sydney', 'Asia/Kathmandu'];

/** 200 jobs of all sorts, over the change of the clocks in March and in April. */
function jobsOf(random: (below: number) => number): JobDefinition[] {
  const one = <Item>(items: readonly Item[]): Item => items[Math.floor(random(items.length))] as Item;
  const number = (below: number): number => Math.floor(random(below));
  const scheduleOf = (n: number): Schedule => {
    const cron = (pattern: string): Schedule => ({ kind: 'cron', cron: pattern, zone: one(zones) });
    const minute = one([0, 15, 30]);
    if (n < 3) return cron(`${minute} */6 * * *`);
    if (n < 20)
      return {
        kind: 'every',
        everyMs: (30 + number(30)) * HOUR,
        anchor: new Date(begin.getTime() - number(99) * MINUTE),
      };
    if (n < 50) return { kind: 'at', at: new Date(begin.getTime() + number(monthMs / HOUR) * HOUR) };
    if (n < 120) return cron(`${minute} ${number(24)} 1,15 * *`);
    if (n < 190) return cron(`${minute} ${number(24)} * * ${number(7)}`);
    return cron(`${minute} ${one([2, 2, 3, number(24)])} * * *`);
  };
  return Array.from({ length: 200 }, (_, n) =>
    testJob(`job-${n}`, {
      schedule: scheduleOf(n),
      missed: one(['skip', 'once', 'all']),
      missedWindowMs: one([HOUR, DAY, 3 * DAY]),
      missedCap: 1 + number(5),
      overlap: one(['skip', 'queue', 'cancel-other']),
      jitterMs: one([0, 0, 5 * MINUTE]),
      timeoutMs: one([10 * MINUTE, 3 * HOUR]),
    }),
  );
}

interface Row {
  jobId: string;
  nominalAt: Date;
  lastAt: Date | null;
  instants: number | null;
  state: string;
  reason: string | null;
  startedAt: Date | null;
}

it('balances after a month of 200 jobs with random restarts, sleeps and outages: each instant has one row, and ran at most once', async () => {
  const random = seeded(2026);
  const time = simulatedTime(begin.toISOString());
  const shop = switchableStore(store);
  const jobs = jobsOf(random);
  const kind = testKind(time, {
    jobs,
    lastsMs: ({ id }) => (id % 9 === 0 ? (1 + (id % 40)) * MINUTE : id % 50 === 1 ? undefined : 0),
  });
  const start = () =>
    startScheduler({
      store: shop,
      time,
      kinds: [kind],
      worker: '00000000-0000-4000-8000-00000000000c',
      longestRestMs: 6 * HOUR,
    });
  const end = begin.getTime() + monthMs;
  const counts = { kill: 0, stop: 0, sleep: 0, away: 0 };
  let scheduler = start();
  while (time.now().getTime() < end) {
    await pass(time, Math.min(random(30 * HOUR), end - time.now().getTime()), scheduler);
    const what = (['kill', 'kill', 'stop', 'sleep', 'away'] as const)[Math.floor(random(5))] ?? 'kill';
    counts[what] += 1;
    if (what === 'sleep') time.jump(Math.floor(random(12 * HOUR)));
    else if (what === 'away') {
      shop.isAway = true;
      await pass(time, random(3 * MINUTE), scheduler);
      shop.isAway = false;
    } else {
      if (what === 'stop') scheduler.stop();
      await settle(scheduler);
      scheduler.kill();
      await pass(time, random(1) < 0.5 ? random(10) * SECOND : random(9 * HOUR));
      scheduler = start();
    }
  }
  // What is claimed starts, and what runs ends or is given up.
  await pass(time, 4 * HOUR, scheduler);
  scheduler.kill();
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(2);

  const { rows } = await store.query<Row>({
    text: `SELECT job_id AS "jobId", nominal_at AS "nominalAt", last_at AS "lastAt", instants, state, reason,
                  started_at AS "startedAt" FROM job_fires ORDER BY job_id, nominal_at`,
  });
  const until = new Date(end);
  for (const job of jobs) {
    const own = rows.filter(({ jobId, nominalAt }) => jobId === job.id && nominalAt <= until);
    const instants = instantsOf(job.schedule);
    const from = job.schedule.kind === 'at' ? new Date(0) : begin;
    const expected = instants.latest(10_000, from, until).map((instant) => instant.getTime());
    expect(
      own.map(({ nominalAt }) => nominalAt.getTime()),
      job.id,
    ).toEqual(expected);
  }
  const runs = kind.runs.map(({ fire }) => `${fire.jobId} ${fire.nominalAt.getTime()}`);
  expect(new Set(runs).size).toBe(runs.length);
  const ledger: Record<string, number> = {};
  for (const { state } of rows) ledger[state] = (ledger[state] ?? 0) + 1;
  expect(rows.filter(({ startedAt }) => startedAt !== null)).toHaveLength(runs.length);
  for (const { state, reason } of rows)
    if (!['done', 'claimed', 'running'].includes(state)) expect(reason).not.toBeNull();
  expect(ledger['done']).toBeGreaterThan(500);
  for (const state of ['failed', 'missed']) expect(ledger[state], state).toBeGreaterThan(10);
}, 600_000);
