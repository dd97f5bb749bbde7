import { UsageError } from '../../lib/errors.ts';
import { cronOf, distinct, type Recurring, step } from './recurring.ts';
import type { TimeOfDay } from './time-of-day.ts';
import { clockFields } from './timed-text.ts';
import {
  countOf,
  dayOfMonth,
  listed,
  longestMonths,
  monthName,
  monthOf,
  ordinalOf,
  weekdayOf,
} from './words.ts';

/** "first monday of the month", "every last friday of the month". */
export function readNthWeekday(head: string, times: readonly TimeOfDay[]): Recurring | undefined {
  const [, which, name] =
    /^(?:on )?(?:every )?(?:the )?(last|[a-z0-9]+) ([a-z]+) of (?:the|every|a) month$/.exec(head) ??
    /^(?:every month|monthly) on the (last|[a-z0-9]+) ([a-z]+)$/.exec(head) ??
    [];
  if (which === undefined || name === undefined) return undefined;
  if (which === 'last' && name === 'day') return cronOf(`${clockFields(times)} L * *`);
  const day = weekdayOf(name);
  const place = which === 'last' ? 'L' : ordinalOf(which);
  return day === undefined || place === undefined
    ? undefined
    : cronOf(`${clockFields(times)} * * ${day}#${place}`);
}

/** "every year on march 3", "every 24th of december", "on 24 december every year". */
export function readYearly(head: string, times: readonly TimeOfDay[]): Recurring | undefined {
  const yearly =
    /^(?:every year|yearly|annually)(?: on)? (.+)$/.exec(head) ??
    /^(?:on )?(.+) every year$/.exec(head) ??
    /^every (.+)$/.exec(head);
  const date = (yearly?.[1] ?? '').replace(/^the /, '');
  const [, first = '', second = ''] = /^([a-z0-9.]+) (?:of |the )?([a-z0-9.]+)$/.exec(date) ?? [];
  const month = monthOf(first) ?? monthOf(second);
  const day = monthOf(first) === undefined ? dayOfMonth(first) : dayOfMonth(second);
  if (month === undefined || day === undefined) return undefined;
  if (day > (longestMonths[month - 1] ?? 31))
    throw new UsageError(`there is no ${day} ${monthName(month)}: it would never be due`);
  return cronOf(`${clockFields(times)} ${day} ${month} *`);
}

const monthsPattern =
  /^(?:(every (?:(\d{1,2}|[a-z]+) )?months?|monthly|every quarter|quarterly)(?: on)?|on|every) (?:the )?(.+?)(?: of (?:the|every|a) month)?$/;

/** "on the 1st and 15th", "monthly on the 15th", "every 3 months on the 1st". */
export function readMonthDays(head: string, times: readonly TimeOfDay[]): Recurring | undefined {
  const isNamed = /\bmonth|quarter/.test(head);
  const full = /^\d|^the\b|^last\b/.test(head) ? `on ${head}` : head;
  const found = monthsPattern.exec(full);
  if (found === null) return undefined;
  const words = (found[3] ?? '').replace(/^days? /, '');
  const months = monthsOf(found[1], found[2]);
  if (months === undefined) return undefined;
  if (/^last day$/.test(words)) return cronOf(`${clockFields(times)} L ${months} *`);
  const parts = listed(words).map((part) => part.replace(/^(?:on )?(?:the )?(?:day )?/, ''));
  // "on 3 at 9" may mean anything; "on the 3rd" and "day 3 of the month" do not.
  if (!isNamed && !parts.some((part) => /\D/.test(part))) return undefined;
  const days = parts.map(dayOfMonth);
  if (days.length === 0 || days.some((day) => day === undefined)) return undefined;
  return cronOf(`${clockFields(times)} ${distinct(days as number[]).join(',')} ${months} *`);
}

function monthsOf(phrase: string | undefined, count: string | undefined): string | undefined {
  if (phrase?.includes('quarter') === true) return '1,4,7,10';
  if (count === undefined) return '*';
  const every = countOf(count);
  if (every === undefined || every < 1 || every > 12) return undefined;
  if (12 % every !== 0)
    throw new UsageError(`every ${every} months does not divide a year: use 2, 3, 4 or 6 months`);
  return every === 12 ? '1' : step(every);
}
