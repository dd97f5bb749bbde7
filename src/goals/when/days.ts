import { DAY } from '../../lib/time.ts';
import { cronOf, type Recurring } from './recurring.ts';
import type { TimeOfDay } from './time-of-day.ts';
import { clockFields } from './timed-text.ts';
import { countOf, listed, weekdayOf } from './words.ts';

/** "every 3 days at 9", "every 2 weeks on monday at 9": a span, since cron begins such counts anew each month. */
export function readSpanOfDays(head: string, times: readonly TimeOfDay[]): Recurring | undefined {
  const [, dayCount] = /^every (\d{1,3}|[a-z]+) days?$/.exec(head) ?? [];
  const [, weekCount, weekday] =
    /^every (\d{1,3}|[a-z]+) weeks?(?: on)? ([a-z]+)$/.exec(head) ??
    /^every (other|second|third) ([a-z]+)$/.exec(head) ??
    [];
  const [time] = times;
  const count = countOf(dayCount ?? weekCount ?? '');
  if (count === undefined || count < 2 || time === undefined || times.length > 1) return undefined;
  if (dayCount !== undefined) return { kind: 'every', everyMs: count * DAY, from: { time } };
  const day = weekdayOf(weekday ?? '');
  if (day === undefined) return undefined;
  return { kind: 'every', everyMs: count * 7 * DAY, from: { weekday: day, time } };
}

/** "every weekday", "monday to friday", "every monday and thursday". */
export function readDays(head: string, times: readonly TimeOfDay[]): Recurring | undefined {
  // "monday at 9" is the next one; "mondays", "every monday" and several days are meant again and again.
  const single = head.replace(/^on /, '');
  if (weekdayOf(single) !== undefined && !single.endsWith('s')) return undefined;
  const days = daysOf(head.replace(/^(?:weekly|every week)(?: on)? /, ''));
  return days === undefined ? undefined : cronOf(`${clockFields(times)} * * ${days}`);
}

/** Weekdays as a field of cron; `*` for every day. */
export function daysOf(text: string): string | undefined {
  const words = text.replace(/^(?:on )?(?:every )?(?:on )?/, '');
  if (/^(?:days?|daily)$/.test(words)) return '*';
  if (/^(?:weekdays?|work(?:ing )?days?|business days?)$/.test(words)) return '1-5';
  if (/^(?:weekends?|weekend days?)$/.test(words)) return '0,6';
  const days = listed(words).map(daySpan);
  if (days.length === 0 || days.some((day) => day === undefined)) return undefined;
  return distinctText(days as string[]);
}

function daySpan(text: string): string | undefined {
  const [, from, to] = /^([a-z.]+) ?(?:to|through|until|-|–) ?([a-z.]+)$/.exec(text) ?? [];
  if (from === undefined || to === undefined) return weekdayOf(text)?.toString();
  const [first, last] = [weekdayOf(from), weekdayOf(to)];
  if (first === undefined || last === undefined || first === last) return undefined;
  if (first < last) return `${first}-${last}`;
  return last === 0 ? `${first}-7` : `${spanOf(first, 6)},${spanOf(0, last)}`;
}

function spanOf(first: number, last: number): string {
  return first === last ? String(first) : `${first}-${last}`;
}

function distinctText(fields: readonly string[]): string {
  return [...new Set(fields)].sort().join(',');
}
