import { messageOf } from '../lib/errors.ts';
import type { FireEnd, StopCause } from './job.ts';
import { spanWords } from './missed-because.ts';

/** How a run went. */
export interface RunResult {
  /** What it resolved to; undefined where it rejected, or was left behind. */
  end?: FireEnd | undefined;
  error?: unknown;
  /** Why it was told to end, if it was; the first reason counts. */
  cause?: StopCause | undefined;
  /** It went on after it was told to end, and nobody waits for it any more. */
  isLeft?: boolean;
}

/** Fires by how they ended. */
export type FireCounts = Record<FireEnd['state'] | 'missed', number>;

const longestReason = 2_000;

/** How a fire ended, by how its run went. A run that was done nevertheless is done. */
export function fireEnd({ end, error, cause, isLeft = false }: RunResult, timeoutMs: number): FireEnd {
  if (end?.state === 'done') return end;
  const left = isLeft ? ', and did not end when it was told to' : '';
  switch (cause) {
    case 'timeout':
      return { state: 'failed', reason: `it took longer than ${spanWords(timeoutMs)}${left}` };
    case 'cancel-other':
      return { state: 'cancelled', reason: `a newer fire of its job took its place${left}` };
    case 'removed':
      return { state: 'cancelled', reason: `its job was removed${left}` };
    case 'shutdown':
      return { state: 'failed', reason: 'the daemon stopped meanwhile' };
    case undefined:
      return end === undefined
        ? { state: 'failed', reason: messageOf(error).slice(0, longestReason) }
        : { ...end, reason: (end.reason ?? 'no reason was given').slice(0, longestReason) };
  }
}
