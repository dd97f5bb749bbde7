import type { TimeOfDay } from './time-of-day.ts';

/**
 * What a recurring form stands for: five or six fields of cron; or a span from now on, from the next such time of day, or
 * from the next such weekday and time.
 */
export type Recurring =
  | { kind: 'cron'; cron: string }
  | { kind: 'every'; everyMs: number; from?: { weekday?: number; time: TimeOfDay } };

/** A schedule by these fields of cron. */
export function cronOf(cron: string): Recurring {
  return { kind: 'cron', cron };
}

/** A field of cron for each so many. */
export function step(count: number): string {
  return count === 1 ? '*' : `*/${count}`;
}

/** The numbers of a field of cron, each once. */
export function distinct(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}
