import type { ModelPlan } from '../src/lib/inference/survey-models.ts';

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

/** What a look for models has found: what can be loaded, and whether anything is wanted that cannot. */
export interface ModelSurvey {
  plans: readonly ModelPlan[];
  isIncomplete: boolean;
}

/** What the actor that owns the process is told. */
export type InferenceCommand =
  | { type: 'process.launch' }
  | { type: 'process.load'; plans: readonly ModelPlan[] }
  /** Compute the next batch of what waits. */
  | { type: 'process.work' }
  | { type: 'process.ping' }
  | { type: 'process.terminate' }
  | { type: 'process.kill'; reason: string };

/** What the actor reports, and the supervisor's order. */
export type InferenceEvent =
  | { type: 'process.up' }
  | { type: 'process.pong'; hasMore: boolean }
  | { type: 'process.exited'; reason: string }
  | { type: 'model.progress' }
  | { type: 'model.settled'; isReady: boolean }
  | { type: 'work.waiting' }
  /** A batch is through, or there was none. `isWorn`: the process has done so much that a fresh one is due. */
  | { type: 'batch.settled'; hasMore: boolean; isWorn: boolean }
  | { type: 'child.stop' };

/** What the machine remembers, and shows. */
export interface InferenceContext {
  deadlineMs: number;
  timings: InferenceTimings;
  plans: readonly ModelPlan[];
  /** Models that the process has been told to load and has not reported on. */
  pending: number;
  ready: number;
  /** Something is wanted that was not to be had. */
  isIncomplete: boolean;
  /** Deaths in a row. */
  deaths: number;
  /** Vain looks for models in a row. */
  looks: number;
  /** Why the process ended last, in a sentence; stays after there is a new one. */
  lastError: string | undefined;
  random: () => number;
  now: () => number;
  /** When the present process came up, in epoch milliseconds. */
  upSince: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const defaultTimings: InferenceTimings = {
  startDeadlineMs: 60 * SECOND,
  stallDeadlineMs: 120 * SECOND,
  pingIntervalMs: 30 * SECOND,
  backoffMinMs: 500,
  backoffMaxMs: 5 * MINUTE,
  lookAgainMinMs: MINUTE,
  lookAgainMaxMs: 60 * MINUTE,
  recoveredMs: 10 * MINUTE,
  stopDeadlineMs: 3 * SECOND,
};

/** The context an inference machine starts with. */
export function initialContext({
  deadlineMs,
  timings,
  random = Math.random,
  now = Date.now,
}: InferenceInput): InferenceContext {
  return {
    deadlineMs,
    timings: { ...defaultTimings, ...timings },
    plans: [],
    pending: 0,
    ready: 0,
    isIncomplete: false,
    deaths: 0,
    looks: 0,
    lastError: undefined,
    random,
    now,
    upSince: 0,
  };
}

/** A pause that doubles with each vain attempt, from `min` to `max`, less up to half of it at random. */
export function growingPause(
  attempts: number,
  min: number,
  max: number,
  { random }: InferenceContext,
): number {
  return Math.min(max, min * 2 ** Math.min(attempts - 1, 30)) * (1 - random() / 2);
}
