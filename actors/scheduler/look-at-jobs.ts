import { fromPromise } from 'xstate';
import type { JobsRequest, JobsResult, StopOrder } from '../../machines/scheduler/protocol.ts';
import { messageOf, StoreAwayError } from '../../src/lib/errors.ts';
import { definitionOf } from '../../src/schedule/agenda.ts';
import { createBreath } from '../../src/schedule/breathe.ts';
import { checkDefinition } from '../../src/schedule/check-definition.ts';
import { graceMs } from '../../src/schedule/clock-watch.ts';
import type { JobDefinition, JobKind } from '../../src/schedule/job.ts';
import { dropCursors, syncCursors } from '../../src/schedule/rows/cursors.ts';
import { leftFires } from '../../src/schedule/rows/recover-fires.ts';
import { endFire } from '../../src/schedule/rows/settle-fire.ts';
import { settleLeft } from '../../src/schedule/settle-left.ts';
import type { SchedulerDeps } from './deps.ts';

/** Cursors that are asked for with one statement. */
const batchSize = 500;

/**
 * Takes over what the kinds say about their jobs. The first look of a life begins with nothing, and settles what the last
 * life has left. Rejects with `StoreAwayError` while it cannot; it may be repeated.
 */
export function createLookAtJobs(given: SchedulerDeps) {
  const { schedule, store, worker, now } = given;
  let said: ReadonlySet<string> = new Set();
  return fromPromise<JobsResult, JobsRequest>(async ({ input: { kinds, isFirst } }) => {
    schedule.pulse.beat();
    const at = now();
    const problems = new Set<string>();
    const deps = {
      ...given,
      // A problem that lasts is told once.
      report(problem: string, error?: unknown): void {
        if (!said.has(problem)) given.report(problem, error);
        problems.add(problem);
      },
    };
    if (isFirst) schedule.begin(at);
    const asked = deps.kinds.filter(({ name }) => kinds === 'all' || kinds.includes(name));
    const stops: StopOrder[] = [];
    for (const kind of asked) stops.push(...(await lookAtKind(deps, kind, at)));
    if (isFirst) {
      const left = await leftFires(store, worker);
      await store.transaction((tx) => settleLeft(tx, left, { schedule, worker, now: at }));
    }
    said = kinds === 'all' ? problems : new Set([...said, ...problems]);
    deps.bus.emit('list.changed', { list: 'jobs.list' });
    return { stops };
  });
}

async function lookAtKind(deps: SchedulerDeps, kind: JobKind, now: Date): Promise<StopOrder[]> {
  const listed = await listJobs(deps, kind);
  if (listed === undefined) return [];
  await putJobs(deps, kind, { jobs: listed, now });
  const ids = new Set(listed.map(({ id }) => id));
  const gone = [...deps.schedule.agenda.all()].filter(
    (known) => known.kind.name === kind.name && !ids.has(known.job.id),
  );
  return gone.length === 0
    ? []
    : forget(
        deps,
        gone.map(({ job }) => job.id),
        now,
      );
}

/** Undefined where the kind fails: its jobs stay as they are, and the other kinds go on. */
async function listJobs({ report }: SchedulerDeps, kind: JobKind): Promise<JobDefinition[] | undefined> {
  let listed: readonly JobDefinition[];
  try {
    listed = await kind.list();
  } catch (error) {
    if (error instanceof StoreAwayError) throw error;
    report(`the jobs of kind ${kind.name} could not be listed: ${messageOf(error)}`, error);
    return undefined;
  }
  const byId = new Map<string, JobDefinition>();
  for (const job of listed) {
    const problem = byId.has(job.id) ? 'its id stands twice in the list' : checkDefinition(job);
    if (problem === undefined) byId.set(job.id, job);
    else report(`the job ${job.id.slice(0, 100)} of kind ${kind.name} is left out: ${problem}`);
  }
  return [...byId.values()];
}

/** Jobs whose definition is known already stay where they are. */
async function putJobs(
  { schedule: { agenda }, store }: SchedulerDeps,
  kind: JobKind,
  { jobs, now }: { jobs: readonly JobDefinition[]; now: Date },
): Promise<void> {
  const breathe = createBreath();
  const news = jobs.filter((job) => {
    const known = agenda.get(job.id);
    if (known === undefined || definitionOf(known.job) !== definitionOf(job)) return true;
    // What else a definition says holds from the next fire on.
    known.job = job;
    return false;
  });
  for (let first = 0; first < news.length; first += batchSize) {
    const batch = news.slice(first, first + batchSize);
    const cursors = await syncCursors(
      store,
      batch.map((job) => ({
        jobId: job.id,
        kind: kind.name,
        definition: definitionOf(job),
        since: job.since ?? null,
        begin: beginOf(job, now),
      })),
      { now, latest: new Date(now.getTime() + graceMs) },
    );
    const byId = new Map(cursors.map((cursor) => [cursor.jobId, cursor]));
    for (const job of batch) {
      const { consideredUntil = now, isCutOff = false } = byId.get(job.id) ?? {};
      agenda.put(kind, job, { cursor: consideredUntil, isCutOff });
      await breathe();
    }
  }
}

/** A job for a single instant may be seen first when that has just passed. */
function beginOf({ schedule }: JobDefinition, now: Date): Date {
  if (schedule.kind !== 'at') return now;
  return new Date(Math.min(now.getTime(), schedule.at.getTime() - 1));
}

/** Ends what is under way of jobs that are no more. */
async function forget(
  { schedule: { agenda, line }, store, worker }: SchedulerDeps,
  jobIds: readonly string[],
  now: Date,
): Promise<StopOrder[]> {
  const gone = new Set(jobIds);
  await store.transaction(async (tx) => {
    for (const jobId of jobIds)
      for (const id of line.withdraw(jobId))
        await endFire(tx, { id, worker, now, end: { state: 'cancelled', reason: 'its job was removed' } });
    await dropCursors(tx, jobIds);
  });
  for (const jobId of jobIds) agenda.remove(jobId);
  return [...line.running()]
    .filter(({ jobId }) => gone.has(jobId))
    .map(({ id }) => ({ id, cause: 'removed' }));
}
