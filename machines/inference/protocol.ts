import type { ModelPlan } from '../../src/lib/inference/survey-models.ts';

/** Input of the inference machine. */
export interface InferenceInput {
  /** How long one batch, and an answer to a ping, may take. Milliseconds. */
  deadlineMs: number;
  timings?: Partial<InferenceTimings>;
  /** For the jitter, 0 to 1 (default `Math.random`). */
  random?: () => number;
  /** Epoch milliseconds (default `Date.now`). */
  now?: () => number;
}

/** All in milliseconds. */
export interface InferenceTimings {
  /** How long the process may take to report. */
  startDeadlineMs: number;
  /** How long loading may go without any progress. */
  stallDeadlineMs: number;
  /** How long the process may be idle before it is asked whether it is there. */
  pingIntervalMs: number;
  /** The pause after a death; it doubles up to `backoffMaxMs`, less up to half of it at random. */
  backoffMinMs: number;
  backoffMaxMs: number;
  /** The pause before models that are not to be had are looked for again; it doubles as well. */
  lookAgainMinMs: number;
  lookAgainMaxMs: number;
  /** A process that has worked for so long has recovered: the next pause is a short one. */
  recoveredMs: number;
  /** How long the process may take to end before it is killed. */
  stopDeadlineMs: number;
}

/** Output of `survey`: the models that can be loaded, and whether anything is wanted that cannot. */
export interface ModelSurvey {
  plans: readonly ModelPlan[];
  isIncomplete: boolean;
}

/** Commands to the actor that owns the process. */
export type InferenceProcessCommand =
  | { type: 'process.launch' }
  | { type: 'process.load'; plans: readonly ModelPlan[] }
  /** Compute the next batch of what waits. */
  | { type: 'process.work' }
  | { type: 'process.ping' }
  | { type: 'process.terminate' }
  | { type: 'process.kill'; reason: string };

/** News of that process. */
export type InferenceProcessFact =
  | { type: 'process.up' }
  | { type: 'process.pong'; hasMore: boolean }
  | { type: 'process.exited'; reason: string }
  | { type: 'model.progress' }
  | { type: 'model.settled'; isReady: boolean }
  | { type: 'work.waiting' }
  /** A batch is through, or there was none. `isWorn`: the process has done so much that a fresh one is due. */
  | { type: 'batch.settled'; hasMore: boolean; isWorn: boolean };
