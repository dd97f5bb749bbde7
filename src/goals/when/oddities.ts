import { DAY } from '../../lib/time.ts';
import { isoInZone, offsetOf, offsetText } from '../../lib/zoned-time.ts';
import { nextInstants } from '../../schedule/instants.ts';
import type { Schedule } from '../../schedule/job.ts';
import type { Clock } from './one-shot.ts';

/** The clocks are looked at this far ahead: both changes of a year. */
const aheadDays = 366;

/** A change of a zone's clocks. */
interface ClockChange {
  at: Date;
  beforeMs: number;
  afterMs: number;
}

/** Sentences about what a schedule does that its words do not say. */
export function oddities(schedule: Schedule, clock: Clock): string[] {
  if (schedule.kind === 'at') return [];
  const changes = clockChanges(clock);
  if (schedule.kind === 'every') return wanderings(schedule, clock, changes);
  const fields = schedule.cron.split(' ');
  const [hour = '', day = '', , weekday = ''] = fields.slice(-4);
  return [
    ...(isFixed(hour) ? changes.flatMap((change) => changeNote(schedule, change)) : []),
    ...dayNotes(day),
    ...(day !== '*' && day !== '?' && weekday !== '*' && weekday !== '?' && !weekday.startsWith('+')
      ? ['a day of the month and a weekday are both named: it is due on either, not only where both meet']
      : []),
  ];
}

/** A time of day stays by the clocks on the wall; steps and wildcards go on through a change. */
function isFixed(hour: string): boolean {
  return !/[*?/]/.test(hour);
}

/** The changes of the clocks within a year, found day by day and then by halving. */
function clockChanges({ zone, now }: Clock): ClockChange[] {
  const found: ClockChange[] = [];
  let from = now;
  let before = offsetOf(zone, from);
  for (let day = 1; day <= aheadDays; day += 1) {
    const until = new Date(now.getTime() + day * DAY);
    const after = offsetOf(zone, until);
    if (after !== before)
      found.push({ at: changeBetween(zone, from, until), beforeMs: before, afterMs: after });
    from = until;
    before = after;
  }
  return found;
}

function changeBetween(zone: string, from: Date, until: Date): Date {
  const before = offsetOf(zone, from);
  let [low, high] = [from.getTime(), until.getTime()];
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2);
    if (offsetOf(zone, new Date(middle)) === before) low = middle;
    else high = middle;
  }
  return new Date(Math.round(high / 60_000) * 60_000);
}

/** What becomes of a time that is skipped or shown twice, as the scheduler will do it. */
function changeNote(
  schedule: Extract<Schedule, { kind: 'cron' }>,
  { at, beforeMs, afterMs }: ClockChange,
): string[] {
  // The times that the wall skips or repeats, read as if they were UTC, in which no clock ever changes.
  const start = at.getTime() + Math.min(beforeMs, afterMs);
  const end = at.getTime() + Math.max(beforeMs, afterMs);
  const [hit] = nextInstants({ ...schedule, zone: 'UTC' }, new Date(start - 1), 1);
  if (hit === undefined || hit.getTime() >= end) return [];
  const time = hit.toISOString().slice(11, 16);
  const day = hit.toISOString().slice(0, 10);
  const [due] = nextInstants(schedule, new Date(at.getTime() - Math.abs(afterMs - beforeMs) - 1), 1);
  if (due === undefined) return [];
  const when = isoInZone(due, schedule.zone);
  if (afterMs > beforeMs)
    return [`on ${day} the clocks of ${schedule.zone} skip ${time}: it is due at ${when}`];
  return [`on ${day} the clocks of ${schedule.zone} show ${time} twice: it is due once, at ${when}`];
}

/** A span of whole days keeps its distance, not its time of day. */
function wanderings(
  { everyMs }: Extract<Schedule, { kind: 'every' }>,
  { zone }: Clock,
  changes: readonly ClockChange[],
): string[] {
  const [first] = changes;
  if (everyMs % DAY !== 0 || first === undefined) return [];
  const shift = first.afterMs - first.beforeMs;
  return [
    `the clocks of ${zone} change by ${offsetText(shift)} at ${isoInZone(first.at, zone)}: from then on it is due at another time of day, since the span stays the same`,
  ];
}

function dayNotes(day: string): string[] {
  const days = day.split(',').map(Number);
  const longest = Math.max(...days.filter((number) => Number.isInteger(number)));
  return longest > 28 && longest <= 31
    ? [`not every month has a ${longest}${longest === 31 ? 'st' : 'th'}: it is not due in those without`]
    : [];
}
