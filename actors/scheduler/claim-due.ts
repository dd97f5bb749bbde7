import type { StopOrder } from '../../machines/scheduler/protocol.ts';
import { messageOf, StoreAwayError } from '../../src/lib/errors.ts';
import { SECOND } from '../../src/lib/time.ts';
import type { KnownJob } from '../../src/schedule/agenda.ts';
import { createBreath } from '../../src/schedule/breathe.ts';
import { graceMs } from '../../src/schedule/clock-watch.ts';
import { missedBecause } from '../../src/schedule/missed-because.ts';
import { type Plan, planJob } from '../../src/schedule/plan.ts';
import { type ClaimRequest, claimFires, type ClaimResult } from '../../src/schedule/rows/claim-fires.ts';
import type { Schedule } from '../../src/schedule/schedule.ts';
import { takeClaims } from './take-claims.ts';
import type { SchedulerDeps } from './deps.ts';

/** Jobs whose fires are claimed in one transaction. */
const batchSize = 200;
/** Fires that make up for missed ones start one after the other, so that waking up is no stampede. */
const madeUpPauseMs = 2 * SECOND;

interface Planned {
  known: KnownJob;
  plan: Plan;
}

/**
 * Claims the instants of `due` and what was left over. A job moves on once its claims are written; those that could not be
 * written stay due.
 */
export async function claimDue(
  deps: SchedulerDeps,
  due: readonly KnownJob[],
  now: Date,
): Promise<StopOrder[]> {
  const { agenda, leftover } = deps.schedule;
  const forgotten = [...leftover.keys()].map((id) => agenda.get(id)).filter((known) => known !== undefined);
  const jobs = [...new Set([...due, ...forgotten])];
  const stops: StopOrder[] = [];
  let done = 0;
  try {
    while (done < jobs.length) {
      const batch = jobs.slice(done, done + batchSize);
      stops.push(...(await claimBatch(deps, await planAll(deps.schedule, batch, now), now)));
      done += batch.length;
    }
  } finally {
    for (const known of jobs.slice(done)) agenda.place(known, known.cursor);
  }
  leftover.clear();
  return stops;
}

async function planAll(
  { gaps, leftover }: Schedule,
  jobs: readonly KnownJob[],
  now: Date,
): Promise<Planned[]> {
  const breathe = createBreath();
  const lateAt = now.getTime() - graceMs;
  const planned: Planned[] = [];
  for (const known of jobs) {
    const plan = planJob(known.job, known.instants, known.cursor, {
      now,
      missedUntil: new Date(Math.max(gaps.beganAt.getTime(), lateAt)),
      because: (instant) => missedBecause(gaps, instant),
      isCutOff: known.isCutOff,
      leftover: leftover.get(known.job.id) ?? [],
    });
    planned.push({ known, plan });
    await breathe();
  }
  return planned;
}

async function claimBatch(deps: SchedulerDeps, planned: readonly Planned[], now: Date): Promise<StopOrder[]> {
  const { schedule, store, worker, report } = deps;
  const { requests, madeUpFrom } = requestsOf(schedule, planned, now);
  let result: ClaimResult;
  try {
    result = await claimFires(store, {
      worker,
      now,
      latest: new Date(now.getTime() + graceMs),
      claims: requests,
      missed: planned.flatMap(({ known: { job, kind }, plan }) =>
        plan.missed.map((span) => ({ ...span, jobId: job.id, kind: kind.name })),
      ),
      cursors: planned.map(({ known, plan }) => ({
        jobId: known.job.id,
        consideredUntil: plan.consideredUntil,
      })),
    });
  } catch (error) {
    if (error instanceof StoreAwayError) throw error;
    return claimApart(deps, planned, { now, error });
  }
  schedule.madeUpFrom = madeUpFrom;
  const stops = takeClaims(deps, result);
  for (const { known, plan } of planned) {
    schedule.agenda.place(known, plan.consideredUntil);
    if (plan.onTime.length > 0) known.isCutOff = false;
  }
  if (result.missed > 0) report(`${result.missed} fires were missed; their rows say why`);
  return stops;
}

/** A job that Postgres refuses is left out, so that the others go on. */
async function claimApart(
  deps: SchedulerDeps,
  planned: readonly Planned[],
  { now, error }: { now: Date; error: unknown },
): Promise<StopOrder[]> {
  const [only] = planned;
  if (planned.length > 1) {
    const half = planned.length >> 1;
    return [
      ...(await claimBatch(deps, planned.slice(0, half), now)),
      ...(await claimBatch(deps, planned.slice(half), now)),
    ];
  }
  if (only === undefined) return [];
  const { known, plan } = only;
  deps.report(`a fire of the job ${known.job.id} could not be claimed: ${messageOf(error)}`, error);
  deps.schedule.agenda.place(known, plan.consideredUntil);
  return [];
}

/** Fires that make up for missed ones take their places behind those of before. */
function requestsOf(
  schedule: Schedule,
  planned: readonly Planned[],
  now: Date,
): { requests: ClaimRequest[]; madeUpFrom: number } {
  let madeUpFrom = schedule.madeUpFrom;
  const nextPlace = (): Date => {
    const place = new Date(Math.max(madeUpFrom, now.getTime()));
    madeUpFrom = place.getTime() + madeUpPauseMs;
    return place;
  };
  const requests = planned.flatMap(({ known: { job, kind }, plan }) => {
    const common = { jobId: job.id, kind: kind.name, byHand: false, overlap: job.overlap };
    return [
      ...plan.madeUp.map((nominalAt) => ({ ...common, nominalAt, dueAt: nextPlace(), isMadeUp: true })),
      ...plan.onTime.map((nominalAt) => ({ ...common, nominalAt, dueAt: now, isMadeUp: false })),
    ];
  });
  return { requests, madeUpFrom };
}
