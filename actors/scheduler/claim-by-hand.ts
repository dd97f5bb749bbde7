import type { StopOrder } from '../../machines/scheduler/protocol.ts';
import { ConflictError, NotFoundError } from '../../src/lib/errors.ts';
import { graceMs } from '../../src/schedule/clock-watch.ts';
import type { FireRequest } from '../../src/schedule/requests.ts';
import { claimFires } from '../../src/schedule/rows/claim-fires.ts';
import { takeClaims } from './take-claims.ts';
import type { SchedulerDeps } from './deps.ts';

/** Instants that are tried, a millisecond apart, where one is taken already. */
const mostTries = 20;
const asked = new WeakSet<FireRequest>();

/** Claims the fires that somebody asks for. `isUnknown`: a job is not known, and is asked for again after a look at the jobs. */
export async function claimByHand(
  deps: SchedulerDeps,
  now: Date,
): Promise<{ stops: StopOrder[]; isUnknown: boolean }> {
  const { agenda, requests } = deps.schedule;
  const stops: StopOrder[] = [];
  let isUnknown = false;
  for (const request of requests.take()) {
    if (agenda.get(request.jobId) !== undefined) {
      stops.push(...(await claimOne(deps, request, now)));
    } else if (asked.has(request)) {
      request.reject(new NotFoundError(`there is no job ${request.jobId}`));
    } else {
      asked.add(request);
      requests.putBack(request);
      isUnknown = true;
    }
  }
  return { stops, isUnknown };
}

async function claimOne(deps: SchedulerDeps, request: FireRequest, now: Date): Promise<StopOrder[]> {
  const { schedule, store, worker } = deps;
  const { job, kind } = schedule.agenda.get(request.jobId) ?? {};
  if (job === undefined || kind === undefined) return [];
  try {
    for (let tried = 0; tried < mostTries; tried += 1) {
      const result = await claimFires(store, {
        worker,
        now,
        latest: new Date(now.getTime() + graceMs),
        claims: [
          {
            jobId: job.id,
            kind: kind.name,
            nominalAt: new Date(now.getTime() + tried),
            dueAt: now,
            byHand: true,
            isMadeUp: false,
            overlap: job.overlap,
          },
        ],
        missed: [],
        cursors: [],
      });
      const [fire] = [...result.claimed, ...result.skipped];
      if (fire === undefined) continue;
      request.accept(fire.id);
      return takeClaims(deps, result);
    }
    request.reject(new ConflictError(`${job.label} was started ${mostTries} times within a moment`));
  } catch (error) {
    request.reject(error);
  }
  return [];
}
