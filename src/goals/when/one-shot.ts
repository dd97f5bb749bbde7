import { casual } from 'chrono-node/en';
import { UsageError } from '../../lib/errors.ts';
import { ownValue } from '../../lib/own-value.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../lib/time.ts';
import { instantOf, isInCalendar, isoInZone, offsetOf, type WallTime } from '../../lib/zoned-time.ts';
import { countOf } from './words.ts';

/** An instant that is not to come any more. */
export class PassedError extends UsageError {}

/** An instant that a text names, with what is odd about it. */
export interface OneShot {
  at: Date;
  notes: string[];
}

export interface Clock {
  zone: string;
  now: Date;
}

const instantPattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?)(?: ?(Z|[+-]\d{2}:?\d{2}))?$/i;

/**
 * Reads an instant such as `2026-12-24T18:00`, in the clock's zone unless it has an offset; undefined for other texts.
 * Throws a `UsageError` for a day that is not in the calendar, and for one that has passed.
 */
export function readInstant(text: string, clock: Clock): OneShot | undefined {
  const found = instantPattern.exec(text.trim());
  if (found === null) return undefined;
  const [year, month, day, hour, minute, second = 0] = found
    .slice(1, 7)
    .map((part: string | undefined) => Number(part ?? 0));
  const wall = { year, month, day, hour, minute, second } as WallTime;
  if (!isInCalendar(wall)) throw new UsageError(`${text.trim()} is not in the calendar`);
  const offset = found[7];
  if (offset === undefined) return future(atWall(wall, clock.zone), text, clock);
  const at = new Date(
    `${text.slice(0, 10)}T${two(wall.hour)}:${two(wall.minute)}:${two(wall.second)}${colon(offset)}`,
  );
  return future({ at, notes: [] }, text, clock);
}

/**
 * Reads a time that comes once, such as "tomorrow at 8" or "in 20 minutes", by the clock; undefined for what is not wholly
 * understood. Throws a `UsageError` for one without a time of day, and for one that has passed.
 */
export function readOneShot(text: string, clock: Clock): OneShot | undefined {
  const words = text
    .trim()
    .replace(/^once[ ,]+/i, '')
    .replace(/\b(?:noon|midday)\b/i, '12:00')
    .replace(/\s+/g, ' ');
  return readSpan(words, clock) ?? readDated(words, clock);
}

const spanMs: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR };

/** Spans of hours, minutes and seconds are counted on the clock of the machine, whatever the wall's does. */
function readSpan(words: string, { now }: Clock): OneShot | undefined {
  const [, count = '', unit = ''] =
    /^in (\d{1,5}|[a-z]+) ?(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?)(?: from now)?$/i.exec(words) ??
    [];
  const half = /^in half an hour$/i.test(words) ? 30 * MINUTE : undefined;
  const number = countOf(count.toLowerCase());
  const ms = half ?? (number ?? Number.NaN) * (ownValue(spanMs, unit.charAt(0).toLowerCase()) ?? Number.NaN);
  return ms > 0 ? { at: new Date(Math.ceil((now.getTime() + ms) / SECOND) * SECOND), notes: [] } : undefined;
}

function readDated(words: string, clock: Clock): OneShot | undefined {
  // "end of month at 9" would be this month's alone.
  if (/\b(?:months?|weeks?|years?|quarters?)\b/i.test(words) && !/^(?:in|next)\b/i.test(words))
    return undefined;
  const { now, zone } = clock;
  const timezone = offsetOf(zone, now) / MINUTE;
  const results = casual.parse(words, { instant: now, timezone }, { forwardDate: true });
  const [result] = results;
  if (result === undefined || results.length > 1 || (result.end as unknown) != null) return undefined;
  const rest = `${words.slice(0, result.index)} ${words.slice(result.index + result.text.length)}`;
  if (!/^\s*(?:(?:on|at|the)\s*)*$/i.test(rest)) return undefined;
  const { start } = result;
  const wall: WallTime = {
    year: start.get('year') ?? 0,
    month: start.get('month') ?? 0,
    day: start.get('day') ?? 0,
    hour: start.get('hour') ?? 0,
    minute: start.get('minute') ?? 0,
    second: start.isCertain('second') ? (start.get('second') ?? 0) : 0,
  };
  const isSpan = /^in \S+ (?:days?|weeks?|months?)$/i.test(words);
  if (!start.isCertain('hour') && !/\bmidnight\b/i.test(words) && !isSpan)
    throw new UsageError(`"${words}" lacks a time of day: say it as in "${words} at 9:00"`);
  if (start.isCertain('timezoneOffset')) return future({ at: start.date(), notes: [] }, words, clock);
  if (!isInCalendar(wall)) throw new UsageError(`"${words}" is not in the calendar`);
  const found = atWall(wall, zone);
  // A bare time of day that has passed is tomorrow's.
  const isBareTime = !start.isCertain('day') && !start.isCertain('weekday') && !start.isCertain('month');
  if (!isBareTime && !start.isCertain('day') && !start.isCertain('weekday') && !isSpan)
    throw new UsageError(`"${words}" lacks a day: say it as in "on 15 march at 9:00"`);
  if (found.at > now || !isBareTime) return future(found, words, clock);
  const next = new Date(Date.UTC(wall.year, wall.month - 1, wall.day) + DAY);
  const tomorrow = { year: next.getUTCFullYear(), month: next.getUTCMonth() + 1, day: next.getUTCDate() };
  return future(atWall({ ...wall, ...tomorrow }, zone), words, clock);
}

function atWall(wall: WallTime, zone: string): OneShot {
  const { at, oddity } = instantOf(wall, zone);
  const time = `${two(wall.hour)}:${two(wall.minute)}`;
  if (oddity === 'skipped')
    return {
      at,
      notes: [`the clocks of ${zone} skip ${time} that day: it is due at ${isoInZone(at, zone)}`],
    };
  if (oddity === 'repeated')
    return { at, notes: [`the clocks of ${zone} show ${time} twice that day: the first one counts`] };
  return { at, notes: [] };
}

function future(found: OneShot, text: string, { now, zone }: Clock): OneShot {
  if (found.at.getTime() > now.getTime()) return found;
  throw new PassedError(`${text.trim()} has passed: it is ${isoInZone(now, zone)}`);
}

function colon(offset: string): string {
  return /^z$/i.test(offset) ? 'Z' : offset.replace(/^([+-]\d{2}):?(\d{2})$/, '$1:$2');
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
