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
  done: number;
  dropped: number;
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

/** Counts a refused line. */
export function countRejection(counters: Counters, reason: RejectionReason): void {
  counters.rejected += 1;
  counters.rejectedByReason[reason] = (counters.rejectedByReason[reason] ?? 0) + 1;
}
