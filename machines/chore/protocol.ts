/** Input of a chore. */
export interface ChoreInput {
  /** Pause between two runs, in milliseconds. */
  restMs: number;
  /** Whether it runs once more when it is asked to stop. */
  runsLast: boolean;
}

/** News of the alarm: there is something to do now. */
export type AlarmFact = { type: 'chore.wake' };
