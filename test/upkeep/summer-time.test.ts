import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { Program } from '../../src/lib/process/run-program.ts';
import { DAY, HOUR } from '../../src/lib/time.ts';
import { createSettings } from '../../src/settings.ts';
import { createUpkeepJobs } from '../../src/upkeep/jobs.ts';
import { pass, simulatedTime, startScheduler } from '../helpers/scheduler.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { useDatabase } from '../helpers/use-database.ts';

/* The scheduler and the jobs of upkeep as they are, in the zone of an owner, through nights in which the clocks are set. */
const { store } = useDatabase('upkeep_runs', 'owner_notices', 'job_fires', 'job_cursors');
const zoneBefore = process.env['TZ'];
afterEach(() => {
  if (zoneBefore === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zoneBefore;
});

const nights = 3;

/** The instants at which a backup was begun, from the noon before three nights on, by the minute. */
async function backupsThrough(zone: string, at: string, noonBefore: string, offMs = 0): Promise<string[]> {
  process.env['TZ'] = zone;
  const time = simulatedTime(noonBefore);
  const home = tempDir();
  const configFile = join(home, 'config.json');
  writeFileSync(configFile, JSON.stringify({ 'backup.at': at, 'backup.drillDays': null }));
  const begun: string[] = [];
  const kind = createUpkeepJobs({
    settings: createSettings({ configFile, env: {} }),
    store,
    bus: { emit: () => undefined },
    programs: {
      run({ args }: Program) {
        if (args?.includes('create') === true) begun.push(time.now().toISOString().slice(0, 16));
        const none = Buffer.alloc(0);
        return Promise.resolve({
          ...{ ended: 'exit', code: 0, signal: null, survivors: 0, left: 0, tookMs: 1, problem: null },
          ...{ stdout: Buffer.from(JSON.stringify({ path: join(home, 'made.tar') })), stderr: none },
        } as never);
      },
    },
    ninjad: { command: 'node', args: ['main.js'] },
    env: {},
    home,
    worker: `${zone} ${at} ${noonBefore} ${offMs}`,
    now: time.now,
  });
  const worker = randomUUID();
  const begin = () => startScheduler({ store, time, kinds: [kind], worker, longestRestMs: HOUR });
  let scheduler = begin();
  if (offMs > 0) {
    await pass(time, DAY / 4, scheduler);
    scheduler.kill();
    time.clock.increment(offMs);
    scheduler = begin();
    await pass(time, nights * DAY - DAY / 4 - offMs, scheduler);
  } else await pass(time, nights * DAY, scheduler);
  expect(scheduler.problems).toEqual([]);
  scheduler.kill();
  return begun;
}

it.each([
  // 02:30 is not there on the 29th: it is made right after the gap.
  ['Europe/Berlin', '02:30', '2026-03-27T11:00:00Z', ['03-28T01:30', '03-29T01:00', '03-30T00:30']],
  // 02:30 is there twice on the 25th: the first time counts.
  ['Europe/Berlin', '02:30', '2026-10-23T10:00:00Z', ['10-24T00:30', '10-25T00:30', '10-26T01:30']],
  ['America/New_York', '01:30', '2026-10-30T16:00:00Z', ['10-31T05:30', '11-01T05:30', '11-02T06:30']],
  ['America/New_York', '02:30', '2026-03-06T17:00:00Z', ['03-07T07:30', '03-08T07:00', '03-09T06:30']],
  // Half an hour only.
  ['Australia/Lord_Howe', '01:45', '2026-04-03T01:00:00Z', ['04-03T14:45', '04-04T14:45', '04-05T15:15']],
  // Midnight itself is not there.
  ['America/Santiago', '00:30', '2026-09-04T16:00:00Z', ['09-05T04:30', '09-06T04:00', '09-07T03:30']],
])('makes one backup a night in %s at %s from %s on', async (zone, at, noonBefore, expected) => {
  const begun = await backupsThrough(zone, at, noonBefore);
  expect(begun.map((instant) => instant.slice(5))).toEqual(expected);
});

it.each([
  ['2026-03-28T11:00:00Z', 'without 02:30'],
  ['2026-10-24T10:00:00Z', 'with two of them'],
])('makes up once for a night from %s on, %s, that the daemon slept through', async (noonBefore) => {
  const begun = await backupsThrough('Europe/Berlin', '02:30', noonBefore, DAY / 2);
  expect(begun).toHaveLength(nights);
  expect(new Set(begun.map((instant) => instant.slice(0, 10))).size).toBe(nights);
});
