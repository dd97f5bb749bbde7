import { maxPauseMs } from '../backoff.ts';

/** Nobody waits longer by the policy: a later time is that of a clock which has gone back since. SQL. */
export const longestWait = `interval '${maxPauseMs / 1_000} s'`;

/** Due at once, whatever the clock says; due by it; or due at a time that it cannot have given. `now` is a parameter's name. */
export function isDue(now: string): string {
  return `(due_at <= queued_at OR due_at <= ${now} OR due_at > ${now}::timestamptz + ${longestWait})`;
}

/** Whether a channel pauses, by a time that this clock can have given. `now` is a parameter's name. */
export function isPaused(now: string): string {
  return `coalesce(paused_until > ${now} AND paused_until <= ${now}::timestamptz + ${longestWait}, false)`;
}
