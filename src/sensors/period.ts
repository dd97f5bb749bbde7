import { z } from 'zod';
import { parseSpan } from '../lib/duration-text.ts';
import { DAY, SECOND } from '../lib/time.ts';

const leastPeriodMs = SECOND;
const mostPeriodMs = 366 * DAY;

/** A period from a second to a year, written as `5m`; in milliseconds. */
export const period = spanBetween(leastPeriodMs, mostPeriodMs, 'a period from 1s to 366d, such as 5m');

/** The longest time of a run, written as `30s`; in milliseconds. */
export const timeLimit = spanBetween(100, DAY, 'a time from 100ms to 1d, such as 30s');

function spanBetween(least: number, most: number, expects: string) {
  return z.string().transform((text, context): number => {
    const ms = parseSpan(text);
    if (ms !== undefined && ms >= least && ms <= most) return ms;
    context.addIssue({
      code: 'custom',
      message: `expected ${expects}, got ${JSON.stringify(text.slice(0, 40))}`,
    });
    return z.NEVER;
  });
}
