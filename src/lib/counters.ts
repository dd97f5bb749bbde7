import type { RejectionReason } from './wire/scan-line.ts';

/** What has happened since the daemon started. */
export interface Counters {
  accepted: number;
  rejected: number;
  rejectedByReason: Partial<Record<RejectionReason, number>>;
  /** Events whose claim to be HUMAN was lowered. */
  lowered: number;
  /** Events given a route. */
  routed: number;
  /** Events that ended well: recorded, answered by a reflex, or their task is done. */
  done: number;
  dropped: number;
  /** Events that a reflex failed, and those whose task has failed or was cancelled. */
  failed: number;
  deadLettered: number;
}

/** All at zero. */
export function createCounters(): Counters {
  return {
    accepted: 0,
    rejected: 0,
    rejectedByReason: {},
    lowered: 0,
    routed: 0,
    done: 0,
    dropped: 0,
    failed: 0,
    deadLettered: 0,
  };
}

/** Counts an event whose task has ended, by the task's state. */
export function countTask(counters: Counters, state: string): void {
  if (state === 'done') counters.done += 1;
  else if (state === 'dead') counters.deadLettered += 1;
  else counters.failed += 1;
}

/** Counts a refused line. */
export function countRejection(counters: Counters, reason: RejectionReason): void {
  counters.rejected += 1;
  counters.rejectedByReason[reason] = (counters.rejectedByReason[reason] ?? 0) + 1;
}
