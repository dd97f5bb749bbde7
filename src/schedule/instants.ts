import { Cron } from 'croner';
import { UsageError } from '../lib/errors.ts';
import { DAY, SECOND } from '../lib/time.ts';
import { checkZone } from './zone.ts';
import type { Schedule } from './job.ts';

/** The instants at which something is due. */
export interface Instants {
  /** The first one after `after`; undefined where there is none. */
  next(after: Date): Date | undefined;
  /** The last ones in (`after`, `until`], at most `count`, in their order. */
  latest(count: number, after: Date, until: Date): Date[];
}

const shortestMs = SECOND;
const longestMs = 366 * DAY;

/** The instants of a schedule. Throws a `UsageError` that says what is wrong with it. */
export function instantsOf(schedule: Schedule): Instants {
  switch (schedule.kind) {
    case 'cron':
      return cronInstants(schedule.cron, schedule.zone);
    case 'every':
      return regularInstants(schedule.everyMs, schedule.anchor);
    case 'at':
      return singleInstant(schedule.at);
  }
}

/** Checks a schedule before it is kept. Throws a `UsageError` where it cannot be read, or where it is never due after `now`. */
export function checkSchedule(schedule: Schedule, now: Date): void {
  if (instantsOf(schedule).next(now) !== undefined) return;
  if (schedule.kind === 'at') throw new UsageError(`${schedule.at.toISOString()} has passed`);
  throw new UsageError(`"${wordsOf(schedule)}" is never due: no calendar has such a day`);
}

/** The next instants after `after`, at most `count`. Throws a `UsageError` where the schedule cannot be read. */
export function nextInstants(schedule: Schedule, after: Date, count: number): Date[] {
  const instants = instantsOf(schedule);
  const found: Date[] = [];
  let last = after;
  while (found.length < count) {
    const next = instants.next(last);
    if (next === undefined) break;
    found.push(next);
    last = next;
  }
  return found;
}

/** The words of a schedule: two that are equal have the same instants. */
export function wordsOf(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'cron':
      return `${schedule.cron} ${schedule.zone}`;
    case 'every':
      return `every ${schedule.everyMs} ms from ${schedule.anchor.toISOString()}`;
    case 'at':
      return `at ${schedule.at.toISOString()}`;
  }
}

/**
 * Clocks that are set forward: a fixed time within the gap is due right after it, once. Clocks that are set back: a fixed time
 * within the repeated hour is due the first time only. Patterns with a wildcard or step go on through both.
 */
function cronInstants(pattern: string, zone: string): Instants {
  checkZone(zone);
  const cron = cronOf(pattern, zone);
  return {
    next: (after) => cron.nextRun(after) ?? undefined,
    latest(count, after, until) {
      // Mostly there is one at most, while looking back takes as long as there are runs to find.
      const found: Date[] = [];
      let run = cron.nextRun(after);
      for (; run !== null && run <= until && found.length <= count; run = cron.nextRun(run)) found.push(run);
      return found.length <= count ? found : lastRuns(cron, count, until);
    },
  };
}

/** The last runs up to `until`, oldest first: croner leaves out the reference itself. */
function lastRuns(cron: Cron, count: number, until: Date): Date[] {
  const end = new Date(Math.floor(until.getTime() / SECOND) * SECOND + SECOND);
  return cron
    .previousRuns(count + 1, end)
    .filter((run) => run <= until)
    .slice(0, count)
    .reverse();
}

function regularInstants(everyMs: number, anchor: Date): Instants {
  if (!Number.isInteger(everyMs) || everyMs < shortestMs || everyMs > longestMs)
    throw new UsageError(`the time between two fires has to be 1 second to 366 days, not ${everyMs} ms`);
  checkDate(anchor, 'the first instant');
  const at = (n: number): Date => new Date(anchor.getTime() + n * everyMs);
  const placeOf = (instant: Date): number => Math.floor((instant.getTime() - anchor.getTime()) / everyMs);
  return {
    next: (after) => at(Math.max(0, placeOf(after) + 1)),
    latest(count, after, until) {
      const last = placeOf(until);
      const first = Math.max(0, placeOf(after) + 1, last - count + 1);
      return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => at(first + n));
    },
  };
}

function singleInstant(at: Date): Instants {
  checkDate(at, 'the instant');
  return {
    next: (after) => (at > after ? at : undefined),
    latest: (count, after, until) => (count > 0 && at > after && at <= until ? [at] : []),
  };
}

function checkDate(date: Date, what: string): void {
  if (Number.isNaN(date.getTime())) throw new UsageError(`${what} is no valid date`);
}

/** Patterns that are kept ready; each takes some 80 KB. */
const keptPatterns = 64;
const kept = new Map<string, Cron>();

function cronOf(pattern: string, zone: string): Cron {
  const key = `${zone} ${pattern}`;
  const cron = kept.get(key) ?? readCron(pattern, zone);
  kept.delete(key);
  kept.set(key, cron);
  for (const oldest of kept.keys()) {
    if (kept.size <= keptPatterns) break;
    kept.delete(oldest);
  }
  return cron;
}

function readCron(pattern: string, zone: string): Cron {
  const fields = pattern.trim().split(/\s+/);
  const isNickname = fields.length === 1 && /^@[a-z]+$/i.test(pattern.trim());
  // Croner would take a date for a pattern too.
  if (!isNickname && fields.length !== 5 && fields.length !== 6)
    throw new UsageError(
      `cron "${shorten(pattern)}" has ${pattern.trim() === '' ? 0 : fields.length} fields: expected five (minute hour day month weekday), or six with the second first`,
    );
  try {
    return new Cron(pattern.trim(), {
      timezone: zone,
      mode: '5-or-6-parts',
      fixedTimeRule: 'no-wildcard',
      paused: true,
    });
  } catch (error) {
    const said = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
    throw new UsageError(`cron "${shorten(pattern)}" cannot be read: ${said}`, { cause: error });
  }
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
