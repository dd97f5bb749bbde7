import type { OverlapPolicy } from './job.ts';

/** A fire that is to be claimed, as far as other fires of its job matter. */
export interface OverlapRequest {
  jobId: string;
  nominalAt: Date;
  isMadeUp: boolean;
  overlap: OverlapPolicy;
}

/** A fire that is claimed or running, here or elsewhere. */
export interface OpenFire {
  id: number;
  jobId: string;
  nominalAt: Date;
  state: 'claimed' | 'running';
  worker: string;
  isMadeUp: boolean;
}

/** What the policies say. */
export interface Overlaps<Request> {
  /** Requests that are written down as skipped, with the reason. */
  skipped: Map<Request, string>;
  /** Open fires that have not started and give way. */
  cancelled: number[];
  /** Running fires of this worker that give way. */
  stopped: number[];
  /** Running fires of other workers that give way. */
  stoppedElsewhere: number[];
  /** Open fires of other workers that a request waits for, by `fireKey`. */
  awaited: Map<string, number[]>;
}

/** Fires of a job that may wait behind one that runs. */
const longestQueue = 10;
const tookItsPlace = 'a newer fire of its job took its place';

/** A fire by its job and instant. */
export function fireKey({ jobId, nominalAt }: { jobId: string; nominalAt: Date }): string {
  return `${nominalAt.getTime()} ${jobId}`;
}

/**
 * Applies the overlap policies to `requests`, in their order. Fires that make up for missed ones always wait for those
 * before them: their number has a bound of its own.
 */
export function decideOverlaps<Request extends OverlapRequest>(
  requests: readonly Request[],
  open: readonly OpenFire[],
  worker: string,
): Overlaps<Request> {
  const result: Overlaps<Request> = {
    skipped: new Map(),
    cancelled: [],
    stopped: [],
    stoppedElsewhere: [],
    awaited: new Map(),
  };
  const openOf = byJob(open);
  const before = new Map<string, Request[]>();
  for (const request of requests) {
    // A row of the same instant is this very fire, whose claim was made and not heard of.
    const others = (openOf.get(request.jobId) ?? []).filter((other) => fireKey(other) !== fireKey(request));
    const ahead = before.get(request.jobId) ?? [];
    const policy = request.isMadeUp ? 'queue' : request.overlap;
    const reason = skipReason(policy, request, [...others, ...ahead]);
    if (reason !== undefined) {
      result.skipped.set(request, reason);
      continue;
    }
    if (policy === 'cancel-other') {
      giveWay(result, others, worker);
      for (const earlier of ahead) result.skipped.set(earlier, tookItsPlace);
    }
    before.set(request.jobId, policy === 'cancel-other' ? [request] : [...ahead, request]);
    const elsewhere = others.filter(
      (other) => other.worker !== worker && (policy !== 'cancel-other' || other.state === 'running'),
    );
    if (elsewhere.length > 0)
      result.awaited.set(
        fireKey(request),
        elsewhere.map(({ id }) => id),
      );
  }
  return result;
}

function skipReason(
  policy: OverlapPolicy,
  { isMadeUp }: OverlapRequest,
  ahead: readonly { nominalAt: Date; isMadeUp: boolean; state?: string }[],
): string | undefined {
  if (isMadeUp) return undefined;
  // What makes up for missed fires, and has not started, takes no fire on time its place.
  const [first] = ahead.filter((other) => !other.isMadeUp || other.state === 'running');
  if (first === undefined) return undefined;
  const verb = first.state === 'running' ? 'was still running' : 'had not started yet';
  if (policy === 'skip') return `the fire of ${first.nominalAt.toISOString()} ${verb}`;
  if (policy === 'queue' && ahead.length > longestQueue)
    return `${longestQueue} fires of this job wait already`;
  return undefined;
}

function giveWay(result: Overlaps<unknown>, others: readonly OpenFire[], worker: string): void {
  for (const { id, state, worker: owner } of others) {
    if (state === 'claimed') result.cancelled.push(id);
    else if (owner === worker) result.stopped.push(id);
    else result.stoppedElsewhere.push(id);
  }
}

function byJob(open: readonly OpenFire[]): Map<string, OpenFire[]> {
  const lists = new Map<string, OpenFire[]>();
  for (const fire of open) lists.set(fire.jobId, [...(lists.get(fire.jobId) ?? []), fire]);
  return lists;
}
