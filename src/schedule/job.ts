/** When a job is due. */
export type Schedule =
  /** Five or six fields, read in `zone` (IANA), which is stored when the job is made and never follows the machine. */
  | { kind: 'cron'; cron: string; zone: string }
  /** At `anchor` + n × `everyMs`, whatever the clocks on the wall do. */
  | { kind: 'every'; everyMs: number; anchor: Date }
  /** Once. */
  | { kind: 'at'; at: Date };

/** What becomes of fires whose instant passed while nothing could start them: none, the latest one, or all up to a cap. */
export type MissedPolicy = 'skip' | 'once' | 'all';

/** What becomes of a fire whose job is still at its last one. */
export type OverlapPolicy = 'skip' | 'queue' | 'cancel-other';

/** Something that runs by the clock, as its concern describes it. */
export interface JobDefinition {
  /** Unique over the database, such as `goal:backup`; where each home has a job of its own, the journal's UUID is part of it. */
  id: string;
  /** What a person reads: the name. */
  label: string;
  schedule: Schedule;
  /** Instants at or before it are not the job's: when it was made, changed or resumed. Default: when it is first seen. */
  since?: Date;
  paused: boolean;
  missed: MissedPolicy;
  /** How old an instant may be when it is still made up for, in milliseconds. */
  missedWindowMs: number;
  /** How many missed fires are made up for at most, where `missed` is `all`. */
  missedCap: number;
  overlap: OverlapPolicy;
  /** A fire begins up to this much after its instant, in milliseconds; the delay is the same for the same fire. */
  jitterMs: number;
  /** How long a fire may take, in milliseconds, before its signal aborts. */
  timeoutMs: number;
}

/** One run of a job. */
export interface Fire {
  /** The id of its row in `job_fires`. */
  id: number;
  jobId: string;
  /** The instant that it is for. */
  nominalAt: Date;
  startedAt: Date;
  /** Somebody asked for it; the clock did not. */
  byHand: boolean;
}

/** Why a fire is ended from outside; the `reason` of its signal. After `shutdown` a kind that can resume takes it up again. */
export type StopCause = 'timeout' | 'cancel-other' | 'removed' | 'shutdown';

/** How a fire ended. */
export interface FireEnd {
  state: 'done' | 'failed' | 'skipped' | 'cancelled';
  /** One sentence; wanted wherever the state is not `done`. */
  reason?: string;
}

/** What a concern runs by the clock; the roof (`src/jobs.ts`) lists them, one line a concern. */
export interface JobKind {
  /** Such as `goal`. */
  name: string;
  /** How many of its fires go on at once; others wait. Default 50. */
  concurrency?: number;
  /** All jobs of this kind. A fact `jobs.changed` with the name of the kind makes the scheduler ask anew. */
  list(): Promise<readonly JobDefinition[]>;
  /**
   * Runs a fire and resolves to its end. `signal` aborts with a `StopCause`; a run that goes on for 30 s more is left behind,
   * so that the series goes on.
   */
  run(fire: Fire, signal: AbortSignal): Promise<FireEnd>;
  /** Takes up a fire that was running when the daemon ended. Without it such a fire fails with "the daemon ended meanwhile". */
  resume?(fire: Fire, signal: AbortSignal): Promise<FireEnd>;
}
