import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/lib/time.ts';
import { settleAfterRestore } from '../../src/upkeep/backup/after-restore.ts';
import { firesOf, pass, simulatedTime, startScheduler, testJob, testKind } from '../helpers/scheduler.ts';
import { useDatabase } from '../helpers/use-database.ts';

const { store } = useDatabase('job_fires', 'job_cursors', 'job_workers', 'owner_notices');
const hourly = { kind: 'cron', cron: '0 * * * *', zone: 'UTC' } as const;

it('takes the instants between a backup and its restore for missed, each job by its own policy', async () => {
  const time = simulatedTime('2026-06-01T00:00:00Z');
  const ofPolicy = (missed: 'skip' | 'once' | 'all') => testJob(missed, { schedule: hourly, missed });
  const jobs = [
    ofPolicy('skip'),
    ofPolicy('once'),
    ofPolicy('all'),
    testJob('long', { schedule: hourly, missed: 'all', timeoutMs: 20 * HOUR }),
  ];
  const lastsMs = ({ jobId }: { jobId: string }) => (jobId === 'long' ? undefined : 0);
  const kind = testKind(time, { jobs, lastsMs });
  // What the backup holds: two hours of a daemon that has a run under way.
  const before = startScheduler({ store, time, kinds: [kind] });
  await pass(time, 2 * HOUR + 30 * MINUTE, before);
  before.kill();
  const takenAt = time.now();

  await pass(time, 4 * HOUR);
  // The journal of a restored home is a new one, and so is its worker.
  const worker = randomUUID();
  const settled = await settleAfterRestore(store, { takenAt, now: time.now(), generation: 2, worker });
  expect(settled.runs).toBe(1);
  const ranBefore = kind.runs.length;
  const after = startScheduler({ store, time, kinds: [kind], worker });
  await pass(time, 10 * MINUTE, after);
  after.kill();

  const states = async (job: string) => (await firesOf(store, job)).map((fire) => fire.slice(11));
  const done = ['01:00 done', '02:00 done'];
  expect(await states('skip')).toEqual([
    ...done,
    '03:00 missed',
    '04:00 missed',
    '05:00 missed',
    '06:00 missed',
  ]);
  expect(await states('once')).toEqual([
    ...done,
    '03:00 missed',
    '04:00 missed',
    '05:00 missed',
    '06:00 done',
  ]);
  expect(await states('all')).toEqual([...done, '03:00 done', '04:00 done', '05:00 done', '06:00 done']);
  console.log(
    await firesOf(store, 'long'),
    (
      await store.query({
        text: 'select job_id, nominal_at, state, reason, worker, lives, made_up from job_fires where job_id = $1 order by nominal_at',
        values: ['long'],
      })
    ).rows,
  );
  // A run that the backup has under way may have ended anyhow in the meantime: it is not begun again, and is open no more.
  expect(await states('long')).toEqual([
    '01:00 failed',
    '02:00 skipped',
    '03:00 missed',
    '04:00 missed',
    '05:00 missed',
    '06:00 missed',
  ]);
  const ran = kind.runs.slice(ranBefore).map(({ fire }) => fire.jobId);
  expect(ran.filter((job) => job === 'long')).toEqual([]);
  expect(ran.sort()).toEqual(['all', 'all', 'all', 'all', 'once']);
  expect(after.problems).toEqual(['11 fires were missed; their rows say why']);
});
