import type { ModelPlan } from '../../src/lib/inference/survey-models.ts';

import type { InferenceInput, InferenceTimings } from './protocol.ts';

/** Memory of the machine, for observers too. */
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
  /** Reason for the last end of the process, in a sentence; stays after there is a new one. */
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
