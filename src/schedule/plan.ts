import type { Instants } from './instants.ts';
import { dueAt } from './jitter.ts';
import type { JobDefinition } from './job.ts';

/** Missed instants that get a row each, for a job at a time; those before them share one. */
export const listedMissed = 250;

/** What is known when the instants of a job are looked at. */
export interface Outlook {
  now: Date;
  /** Instants that were due at or before it were missed; later ones are on time. */
  missedUntil: Date;
  /** Why one was missed: the beginning of a sentence, such as "the daemon was not running". */
  because: (instant: Date) => string;
  /** The last run was ended by the daemon's own end: making up for it might end the daemon again. */
  isCutOff: boolean;
  /** Instants that were claimed and never started; they are looked at anew. */
  leftover?: readonly Date[];
}

/** Instants that nobody will run; `lastAt` and `instants` where it is more than one. */
export interface Missed {
  nominalAt: Date;
  lastAt: Date | null;
  /** Null: not counted. */
  instants: number | null;
  reason: string;
}

/** What becomes of the instants of a job between its cursor and now. */
export interface Plan {
  onTime: Date[];
  madeUp: Date[];
  missed: Missed[];
  /** The new cursor. */
  consideredUntil: Date;
}

/** Decides what becomes of the instants of `job` after `cursor`. Those whose jitter is not over are left for later. */
export function planJob(job: JobDefinition, instants: Instants, cursor: Date, outlook: Outlook): Plan {
  const found = instants.latest(listedMissed, cursor, outlook.now);
  const older = found.length < listedMissed ? [] : spanBefore(job, instants, cursor, found[0]);
  const isAfter = (bound: Date) => (instant: Date) => dueAt(job, instants, instant) > bound;
  takeFromEnd(found, isAfter(outlook.now));
  const consideredUntil = found.at(-1) ?? cursor;
  const onTime = takeFromEnd(found, isAfter(outlook.missedUntil));
  const late = inOrder([...(outlook.leftover ?? []), ...found]);
  const madeUp = chooseMadeUp(job, late, { ...outlook, hasOnTime: onTime.length > 0 });
  const nobodys = late.filter((instant) => !madeUp.includes(instant));
  const missed = [...older, ...nobodys.map((nominalAt) => ({ nominalAt, lastAt: null, instants: 1 }))];
  return {
    onTime,
    madeUp,
    missed: missed.map((span) => ({
      ...span,
      reason: reasonOf(job, span.nominalAt, outlook, { madeUp, onTime }),
    })),
    consideredUntil,
  };
}

/** Takes the items from the end that fulfil the condition, and returns them in their order. */
function takeFromEnd(items: Date[], condition: (item: Date) => boolean): Date[] {
  let count = items.length;
  while (count > 0 && condition(items[count - 1] as Date)) count -= 1;
  return items.splice(count);
}

interface Chosen {
  madeUp: readonly Date[];
  onTime: readonly Date[];
}

function chooseMadeUp(
  job: JobDefinition,
  late: readonly Date[],
  { now, isCutOff, hasOnTime }: Outlook & { hasOnTime: boolean },
): Date[] {
  if (isCutOff || job.missed === 'skip') return [];
  const within = late.filter((instant) => instant.getTime() >= now.getTime() - job.missedWindowMs);
  if (job.missed === 'all') return within.slice(Math.max(0, within.length - job.missedCap));
  return hasOnTime ? [] : within.slice(-1);
}

function reasonOf(job: JobDefinition, instant: Date, outlook: Outlook, { madeUp, onTime }: Chosen): string {
  const { now, isCutOff } = outlook;
  const because = outlook.because(instant);
  if (isCutOff)
    return `${because}, and nothing is made up for after a run that was ended together with the daemon`;
  if (job.missed === 'skip') return `${because}, and missed fires of this job are skipped`;
  if (instant.getTime() < now.getTime() - job.missedWindowMs)
    return `${because}, and it is older than the window in which fires of this job are made up for`;
  if (job.missed === 'all')
    return `${because}, and at most ${job.missedCap} fires of this job are made up for`;
  const [instead] = [...onTime.slice(0, 1), ...madeUp];
  return `${because}, and the fire of ${instead?.toISOString() ?? 'later'} makes up for it`;
}

/** The instants after `cursor` and before `first` as one span, if there are any. */
function spanBefore(
  { schedule }: JobDefinition,
  instants: Instants,
  cursor: Date,
  first: Date | undefined,
): Omit<Missed, 'reason'>[] {
  const nominalAt = instants.next(cursor);
  if (first === undefined || nominalAt === undefined || nominalAt >= first) return [];
  const [lastAt = nominalAt] = instants.latest(1, cursor, new Date(first.getTime() - 1));
  if (lastAt <= nominalAt) return [{ nominalAt, lastAt: null, instants: 1 }];
  // Counting the instants of a pattern takes as long as there are many.
  const counted =
    schedule.kind === 'every'
      ? Math.round((lastAt.getTime() - nominalAt.getTime()) / schedule.everyMs) + 1
      : null;
  return [{ nominalAt, lastAt, instants: counted }];
}

function inOrder(instants: readonly Date[]): Date[] {
  const byTime = new Map(instants.map((instant) => [instant.getTime(), instant]));
  return [...byTime.values()].sort((a, b) => a.getTime() - b.getTime());
}
