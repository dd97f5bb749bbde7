import { UsageError } from '../../lib/errors.ts';
import { ownValue } from '../../lib/own-value.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../lib/time.ts';
import { type PartOfDay, readTimeOfDay, type TimeOfDay, timeText } from './time-of-day.ts';
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

/**
 * What a recurring form stands for: five or six fields of cron; or a span from now on, from the next such time of day, or
 * from the next such weekday and time.
 */
export type Recurring =
  | { kind: 'cron'; cron: string }
  | { kind: 'every'; everyMs: number; from?: { weekday?: number; time: TimeOfDay } };

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

const spans: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };
const unitWord = '(seconds?|secs?|s|minutes?|mins?|min|m|hours?|hrs?|hr|h|days?|d|weeks?|w)';
const countWord = String.raw`(?:(\d{1,5}|[a-z]+) ?)?`;
const intervalPattern = new RegExp(`^every ${countWord}${unitWord}$`);

function readInterval(text: string): Recurring | undefined {
  if (text === 'hourly') return cronOf('0 * * * *');
  if (/^every half(?: an)? hour$/.test(text)) return intervalOf(30, 'm');
  if (/^every quarter(?: of an)? hour$/.test(text)) return intervalOf(15, 'm');
  if (/^every hour and a half$/.test(text)) return intervalOf(90, 'm');
  const [, hours, minutes] =
    /^every (\d{1,3}) ?h(?:ours?)? ?(?:and )?(\d{1,3}) ?m(?:in(?:utes?)?)?$/.exec(text) ?? [];
  if (hours !== undefined) return intervalOf(Number(hours) * 60 + Number(minutes), 'm');
  const found = intervalPattern.exec(text);
  if (found === null) return undefined;
  const count = found[1] === undefined ? 1 : countOf(found[1]);
  const unit = found[2]?.charAt(0) ?? '';
  // Without a time of day nobody knows when "every day" is.
  if (count === undefined || (count === 1 && (unit === 'd' || unit === 'w'))) return undefined;
  if (count === 0) throw new UsageError(`"${text}" never ends: give a count of 1 or more`);
  return intervalOf(count, unit);
}

/** Cron where the count divides the next larger unit, so that it falls on round times; else a span. */
function intervalOf(count: number, unit: string): Recurring {
  const everyMs = count * (ownValue(spans, unit) ?? DAY);
  if (unit === 's' && count < 60 && 60 % count === 0) return cronOf(`${step(count)} * * * * *`);
  if (everyMs < HOUR && HOUR % everyMs === 0 && everyMs % MINUTE === 0)
    return cronOf(`${step(everyMs / MINUTE)} * * * *`);
  if (everyMs < DAY && DAY % everyMs === 0 && everyMs % HOUR === 0)
    return cronOf(`0 ${step(everyMs / HOUR)} * * *`);
  return { kind: 'every', everyMs };
}

function readHourly(text: string): Recurring | undefined {
  const found =
    /^(?:every hour|hourly)(?: at| on)? (?:minute |:)(\d{1,2})$/.exec(text) ??
    /^(\d{1,2}) minutes past (?:every|the) hour$/.exec(text);
  const minute = Number(found?.[1] ?? Number.NaN);
  return minute <= 59 ? cronOf(`${minute} * * * *`) : undefined;
}

const windowPattern =
  /^every (?:(\d{1,2}) )?(minutes?|hours?)(?: (?:between|from) (\S+(?: [ap]m)?) (?:and|to|until|till) (\S+(?: [ap]m)?))?(?: (?:on )?(.+))?$/;

/** "every 30 minutes between 9 and 17 on weekdays": to the last full hour, that one itself only by the hour. */
function readWindow(text: string): Recurring | undefined {
  const found = windowPattern.exec(text);
  if (found === null || (found[3] === undefined && found[5] === undefined)) return undefined;
  const days = found[5] === undefined ? '*' : daysOf(found[5]);
  const count = Number(found[1] ?? '1');
  const isHours = found[2]?.startsWith('hour') === true;
  if (days === undefined || count === 0 || (isHours ? 24 : 60) % count !== 0) return undefined;
  const hours = hoursBetween(found[3], found[4], isHours);
  if (hours === undefined) return undefined;
  if (!isHours) return cronOf(`${step(count)} ${hours} * * ${days}`);
  const stepped = count === 1 ? hours : `${hours}/${count}`;
  return cronOf(`0 ${stepped} * * ${days}`);
}

function hoursBetween(from: string | undefined, to: string | undefined, inclusive: boolean) {
  if (from === undefined || to === undefined) return '*';
  const [first, last] = [readTimeOfDay(from), readTimeOfDay(to)];
  if (first === undefined || last === undefined || first.minute !== 0 || last.minute !== 0) return undefined;
  const end = (last.hour === 0 ? 24 : last.hour) - (inclusive && last.hour !== 0 ? 0 : 1);
  if (end < first.hour)
    throw new UsageError(
      `from ${timeText(first)} to ${timeText(last)} reaches over midnight: use two goals, or quiet hours`,
    );
  return end === first.hour ? String(end) : `${first.hour}-${end}`;
}

interface TimedText {
  head: string;
  times: readonly TimeOfDay[];
}

/** Takes the times of day off: "every day" and 9:00 of "every day at 9"; undefined where there are none. */
function splitTimes(text: string): TimedText | undefined {
  const turned =
    /^at (.+?) ((?:every|on|daily|monthly|yearly|weekdays|weekends|last|first|monday)\b.*)$/.exec(text);
  const [, front = '', back = ''] =
    turned === null ? (/^(.+?) (?:at|@) ?(.+)$/.exec(text) ?? []) : [text, turned[2] ?? '', turned[1] ?? ''];
  if (front === '') return undefined;
  const part = partOf(front, back);
  const bare = back.replace(/ (?:in the (?:morning|afternoon|evening)|at night)$/, '');
  const times = listed(bare).map((time) => readTimeOfDay(time, part));
  if (times.length === 0 || times.some((time) => time === undefined)) return undefined;
  return {
    head: front.replace(/\bevery (?:morning|afternoon|evening|night)\b/, 'every day'),
    times: times as TimeOfDay[],
  };
}

function partOf(front: string, back: string): PartOfDay | undefined {
  const found =
    /\b(?:in the|at) (morning|afternoon|evening|night)$/.exec(back) ??
    /\bevery (morning|afternoon|evening|night)\b/.exec(front);
  return found?.[1] as PartOfDay | undefined;
}

/** Minutes and hours of cron for times that one line of it can say. */
function clockFields(times: readonly TimeOfDay[]): string {
  const minutes = distinct(times.map(({ minute }) => minute));
  const hours = distinct(times.map(({ hour }) => hour));
  if (minutes.length > 1 && hours.length > 1)
    throw new UsageError(
      `the times ${times.map(timeText).join(' and ')} need a goal each, since their minutes differ`,
    );
  return `${minutes.join(',')} ${hours.join(',')}`;
}

/** "every 3 days at 9", "every 2 weeks on monday at 9": a span, since cron begins such counts anew each month. */
function readSpanOfDays(head: string, times: readonly TimeOfDay[]): Recurring | undefined {
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

function readDays(head: string, times: readonly TimeOfDay[]): Recurring | undefined {
  // "monday at 9" is the next one; "mondays", "every monday" and several days are meant again and again.
  const single = head.replace(/^on /, '');
  if (weekdayOf(single) !== undefined && !single.endsWith('s')) return undefined;
  const days = daysOf(head.replace(/^(?:weekly|every week)(?: on)? /, ''));
  return days === undefined ? undefined : cronOf(`${clockFields(times)} * * ${days}`);
}

/** Weekdays as a field of cron; `*` for every day. */
function daysOf(text: string): string | undefined {
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

/** "first monday of the month", "every last friday of the month". */
function readNthWeekday(head: string, times: readonly TimeOfDay[]): Recurring | undefined {
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
function readYearly(head: string, times: readonly TimeOfDay[]): Recurring | undefined {
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
function readMonthDays(head: string, times: readonly TimeOfDay[]): Recurring | undefined {
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

function step(count: number): string {
  return count === 1 ? '*' : `*/${count}`;
}

function cronOf(cron: string): Recurring {
  return { kind: 'cron', cron };
}

function distinct(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function distinctText(fields: readonly string[]): string {
  return [...new Set(fields)].sort().join(',');
}
