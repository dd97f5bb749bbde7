import { z } from 'zod';
import { messageOf } from '../lib/errors.ts';
import { parseQuietHours } from '../lib/quiet-hours.ts';
import { DAY, MINUTE } from '../lib/time.ts';
import { instantOf, wallTimeOf } from '../lib/zoned-time.ts';

const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** A time that comes again in which changes of a host are recorded and not sent. */
export const maintenanceWindow = z.strictObject({
  /** Days on which it begins; none: every day. */
  days: z.array(z.enum(days)).max(7).default([]),
  /** From and until on the clock of the zone, such as `22:00-02:00`. */
  hours: z.string().superRefine((text, context) => {
    try {
      parseQuietHours(text);
    } catch (thrown) {
      context.addIssue({ code: 'custom', message: messageOf(thrown).replace('quiet hours', 'hours') });
    }
  }),
  zone: z.string().max(64).refine(isZone, 'expected a time zone such as Europe/Berlin'),
});
export type MaintenanceWindow = z.output<typeof maintenanceWindow>;

/** When a host is under maintenance. */
export interface Maintenance {
  windows: readonly MaintenanceWindow[];
  /** Until then it is, whatever the windows say; ISO 8601. */
  until: string | null;
}

/** The end of the maintenance that goes on at `at`; undefined where none does. */
export function maintenanceEnd({ windows, until }: Maintenance, at: Date): Date | undefined {
  const ends = windows.flatMap((window) => endOfWindow(window, at) ?? []);
  if (until !== null && new Date(until) > at) ends.push(new Date(until));
  return ends.length === 0 ? undefined : new Date(Math.max(...ends.map((end) => end.getTime())));
}

/**
 * The window's beginning and end are instants of the zone's clock, so that a change of the clocks makes it longer or shorter
 * and never moves it. One of today or of yesterday may still go on.
 */
function endOfWindow({ days: on, hours, zone }: MaintenanceWindow, at: Date): Date | undefined {
  const { from, until } = parseQuietHours(hours);
  for (const back of [0, 1]) {
    const day = wallTimeOf(new Date(at.getTime() - back * DAY), zone);
    const weekday = days[new Date(Date.UTC(day.year, day.month - 1, day.day)).getUTCDay()];
    if (on.length > 0 && (weekday === undefined || !on.includes(weekday))) continue;
    const instant = (minutes: number): Date => {
      const whole = new Date(Date.UTC(day.year, day.month - 1, day.day) + minutes * MINUTE);
      return instantOf(
        {
          year: whole.getUTCFullYear(),
          month: whole.getUTCMonth() + 1,
          day: whole.getUTCDate(),
          hour: whole.getUTCHours(),
          minute: whole.getUTCMinutes(),
          second: 0,
        },
        zone,
      ).at;
    };
    const end = instant(from < until ? until : until + 24 * 60);
    if (at >= instant(from) && at < end) return end;
  }
  return undefined;
}

/** Reads `sun,wed 02:00-04:00` or `22:00-02:00`. Undefined for anything else. */
export function readWindow(text: string, zone: string): MaintenanceWindow | undefined {
  const [, on = '', hours = ''] = /^(?:([a-z]{3}(?:,[a-z]{3})*)\s+)?(\S+)$/i.exec(text.trim()) ?? [];
  const read = maintenanceWindow.safeParse({
    days: on === '' ? [] : on.toLowerCase().split(','),
    hours,
    zone,
  });
  return read.success ? read.data : undefined;
}

/** A window as people write it. */
export function windowText({ days: on, hours, zone }: MaintenanceWindow): string {
  return `${on.length === 0 ? '' : `${on.join(',')} `}${hours} (${zone})`;
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
