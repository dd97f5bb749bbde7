import { UsageError } from '../../lib/errors.ts';
import { daysOf, readDays, readSpanOfDays } from './days.ts';
import { readHourly, readInterval, readWindow } from './intervals.ts';
import { readMonthDays, readNthWeekday, readYearly } from './months.ts';
import type { Recurring } from './recurring.ts';
import { splitTimes } from './timed-text.ts';

export type { Recurring } from './recurring.ts';

/** One of each form, as refusals name them. */
export const recurringForms = [
  'every minute',
  'every 15 minutes',
  'every 90 minutes',
  'every 2 hours',
  'every hour at minute 15',
  'every 30 minutes between 9 and 17 on weekdays',
  'every hour between 9 and 17',
  'every hour on weekdays',
  'every day at 9:00',
  'every day at 9 and 17',
  'every morning at 7',
  'every evening at 8',
  'every 3 days at 9',
  'every weekday at 9',
  'every weekend at 10',
  'every monday at 9',
  'every monday and thursday at 18:30',
  'monday to friday at 8:15',
  'every 2 weeks on monday at 9',
  'on the 1st at 9',
  'on the 1st and 15th at noon',
  'last day of the month at 17:00',
  'first monday of the month at 9',
  'last friday of the month at 16:00',
  'every 3 months on the 1st at 9',
  'every quarter on the 1st at 9',
  'every year on march 3 at 9',
] as const;

/**
 * Reads a recurring schedule in the closed grammar; undefined for what is none of its forms. Throws a `UsageError` for one
 * that is understood and cannot be kept, such as 30 February.
 */
export function readRecurring(given: string): Recurring | undefined {
  const text = normalised(given);
  for (const read of [readInterval, readHourly, readWindow]) {
    const found = read(text);
    if (found !== undefined) return found;
  }
  const parts = splitTimes(text);
  if (parts === undefined) {
    refuseWithoutTime(text);
    return undefined;
  }
  const { head, times } = parts;
  for (const read of [readSpanOfDays, readDays, readNthWeekday, readYearly, readMonthDays]) {
    const found = read(head, times);
    if (found !== undefined) return found;
  }
  return undefined;
}

function normalised(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/\s+/g, ' ')
    .replace(/[.!]$/, '')
    .replace(/\beach\b/g, 'every')
    .replace(/\beveryday\b/g, 'every day')
    .replace(/^every fortnight\b/, 'every 2 weeks')
    .replace(/\b(?:at the )?end of (?:the |every )?month\b/, 'last day of the month')
    .replace(/\bfirst day of\b/, '1st of')
    .replace(/\bof month\b/, 'of the month')
    .trim();
}

/** What lacks only its time of day is named as such. */
function refuseWithoutTime(text: string): void {
  const isDays =
    daysOf(text) !== undefined || /^every (?:morning|afternoon|evening|night|week|month)$/.test(text);
  const isDated =
    /^(?:on )?(?:the )?(?:last|first|\d{1,2}(?:st|nd|rd|th))\b/.test(text) && !/\d[:.]\d/.test(text);
  if (isDays || isDated)
    throw new UsageError(
      `"${text}" lacks a time of day: say it as in "${text.replace(/[,.]$/, '')} at 9:00"`,
    );
}
