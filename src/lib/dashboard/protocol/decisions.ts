/** A wish in the list. */
export interface Wish {
  id: number;
  title: string;
  description: string;
  origin: string;
  state: string;
  reason: string | null;
  summary: string | null;
  hasPatch: boolean;
  draftAttempts: number;
  findingId: number | null;
  createdAt: string;
  decidedAt: string | null;
  draftedAt: string | null;
  appliedAt: string | null;
}

/** A wish with its draft. */
export interface WishPage extends Wish {
  /** A unified diff, cut at 1,000,000 characters. */
  patch: string | null;
  patchTruncated: boolean;
  baseCommit: string | null;
  testReport: string | null;
}

/** A measured observation of the self-watch. */
export interface Finding {
  id: number;
  kind: string;
  severity: string;
  summary: string;
  evidence: unknown;
  state: string;
  seenCount: number;
  firstSeenAt: string;
  lastSeenAt: string;
  decidedAt: string | null;
  /** The wish that came of it. */
  wishId: number | null;
}

/** What runs by the clock. */
export interface Goal {
  id: number;
  name: string;
  schedule: string;
  timeZone: string;
  prompt: string | null;
  reflex: string | null;
  missedRun: string;
  enabled: boolean;
  pausedReason: string | null;
  failuresInARow: number;
  lastRunAt: string | null;
  lastEventId: number | null;
  nextRunAt: string | null;
}

/** A machine of the fleet and its last reports, oldest first; null where a report lacks the figure. */
export interface Machine {
  id: number;
  name: string;
  kind: string;
  address: string | null;
  enabled: boolean;
  state: string;
  stateSince: string;
  lastSeenAt: string | null;
  reports: Array<{
    at: string;
    state: string;
    reason: string | null;
    tookMs: number | null;
    loadPerCpu: number | null;
    /** 0 to 1. */
    memoryUsed: number | null;
    /** The fullest disk, 0 to 1. */
    diskUsed: number | null;
  }>;
  /** Of the newest report. */
  disks: unknown;
  services: unknown;
  uptimeS: number | null;
}
