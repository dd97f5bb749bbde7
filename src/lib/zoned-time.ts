import { MINUTE } from './time.ts';

/** A time as the clocks of some zone show it; months count from 1. */
export interface WallTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

/** An instant of a wall time. `skipped`: the clocks leave it out that day. `repeated`: they show it twice; this is the first. */
export interface WallInstant {
  at: Date;
  oddity: 'skipped' | 'repeated' | null;
}

const clocks = new Map<string, Intl.DateTimeFormat>();
const maxClocks = 700;

/** What the clocks of a zone show at an instant. */
export function wallTimeOf(at: Date, zone: string): WallTime {
  const parts = clockOf(zone).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((found) => found.type === type)?.value);
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
  };
}

/** How far the clocks of a zone are ahead of UTC at an instant, in milliseconds. */
export function offsetOf(zone: string, at: Date): number {
  const seconds = Math.floor(at.getTime() / 1000) * 1000;
  return utcOf(wallTimeOf(new Date(seconds), zone)) - seconds;
}

/** The instant at which the clocks of a zone show a time. One that they skip is counted on from the time before the gap. */
export function instantOf(wall: WallTime, zone: string): WallInstant {
  const naive = utcOf(wall);
  const dayMs = 24 * 60 * MINUTE;
  const before = offsetOf(zone, new Date(naive - dayMs));
  const after = offsetOf(zone, new Date(naive + dayMs));
  const fits = [...new Set([before, after])]
    .map((offset) => naive - offset)
    .filter((at) => utcOf(wallTimeOf(new Date(at), zone)) === naive)
    .sort((a, b) => a - b);
  const [first] = fits;
  if (first === undefined) return { at: new Date(naive - before), oddity: 'skipped' };
  return { at: new Date(first), oddity: fits.length > 1 ? 'repeated' : null };
}

/** An instant with the offset of a zone, such as `2026-11-27T09:00:00+01:00`. */
export function isoInZone(at: Date, zone: string): string {
  const offset = offsetOf(zone, at);
  return `${new Date(at.getTime() + offset).toISOString().slice(0, 19)}${offsetText(offset)}`;
}

/** An offset as people write it: `+01:00`. */
export function offsetText(offsetMs: number): string {
  const minutes = Math.abs(Math.round(offsetMs / MINUTE));
  return `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Whether such a day and time are in the calendar at all, whatever the zone. */
export function isInCalendar(wall: WallTime): boolean {
  const read = new Date(utcOf(wall));
  return (
    read.getUTCMonth() + 1 === wall.month &&
    read.getUTCDate() === wall.day &&
    read.getUTCHours() === wall.hour &&
    read.getUTCMinutes() === wall.minute &&
    read.getUTCSeconds() === wall.second
  );
}

/** The wall time as if it were one of UTC, in milliseconds. */
function utcOf({ year, month, day, hour, minute, second }: WallTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  });
  if (clocks.size >= maxClocks) clocks.clear();
  clocks.set(zone, clock);
  return clock;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
