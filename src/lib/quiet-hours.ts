import { UsageError } from './errors.ts';

/** A part of each day, in minutes since its beginning; where `from` is the greater one it reaches over midnight. */
export interface QuietHours {
  from: number;
  until: number;
}

/** Reads `22:00-07:00`. Throws a `UsageError` that says what was expected. */
export function parseQuietHours(text: string): QuietHours {
  const found = /^\s*(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\s*$/.exec(text);
  const [, fromHour, fromMinute, untilHour, untilMinute] = found ?? [];
  const from = minuteOf(fromHour, fromMinute);
  const until = minuteOf(untilHour, untilMinute);
  if (from === undefined || until === undefined || from === 24 * 60)
    throw new UsageError(`quiet hours are written as 22:00-07:00, not "${text.slice(0, 40)}"`);
  if (from === until % (24 * 60))
    throw new UsageError(
      `quiet hours from ${text.trim()} begin and end at the same minute: give two times, or pause it instead`,
    );
  return { from, until };
}

/** Whether the clocks of `zone` (IANA) stand within `hours` at `at`; the first minute belongs to them, the last does not. */
export function isQuiet({ from, until }: QuietHours, zone: string, at: Date): boolean {
  const minute = minuteOfDay(zone, at);
  return from < until ? minute >= from && minute < until : minute >= from || minute < until;
}

/** The first instant from `at` on that is not quiet: `at` itself where it is not. Whole minutes after the first one. */
export function quietUntil(hours: QuietHours, zone: string, at: Date): Date {
  const minuteMs = 60_000;
  // A day with a change of the clocks may shift the end by some hours, so the minutes are asked one by one.
  const first = Math.floor(at.getTime() / minuteMs) * minuteMs;
  if (!isQuiet(hours, zone, at)) return at;
  for (let n = 1; n <= 2 * 24 * 60; n += 1) {
    const then = new Date(first + n * minuteMs);
    if (!isQuiet(hours, zone, then)) return then;
  }
  return new Date(first + 2 * 24 * 60 * minuteMs);
}

function minuteOf(hour = '', minute = ''): number | undefined {
  if (hour === '' || Number(hour) > 24 || Number(minute) > 59) return undefined;
  const minutes = Number(hour) * 60 + Number(minute);
  return minutes > 24 * 60 ? undefined : minutes;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function minuteOfDay(zone: string, at: Date): number {
  let clock = clocks.get(zone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    clocks.set(zone, clock);
  }
  const parts = clock.formatToParts(at);
  const part = (type: string): number => Number(parts.find((found) => found.type === type)?.value);
  return part('hour') * 60 + part('minute');
}
