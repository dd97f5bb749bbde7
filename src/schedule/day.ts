import { dayName } from '../lib/local-time.ts';
import type { Agenda } from './agenda.ts';

/** A day of the daemon's time zone, which has 23 to 25 hours. */
export interface Day {
  /** Such as `2026-03-29`. */
  name: string;
  from: Date;
  until: Date;
}

/** The day of that name, or that of `now`. */
export function dayOf(name: string | undefined, now: Date): Day {
  const [year = 0, month = 1, day = 1] = (name ?? dayName(now)).split('-').map(Number);
  const from = new Date(year, month - 1, day);
  return { name: dayName(from), from, until: new Date(year, month - 1, day + 1) };
}

const mostOfAJob = 200;
const mostOfAll = 3_000;

/** The instants of all jobs that are still to come in a span of time; of very many not all. */
export function plannedIn(
  agenda: Agenda,
  { from, until }: Pick<Day, 'from' | 'until'>,
): { jobId: string; at: Date }[] {
  const planned: { jobId: string; at: Date }[] = [];
  for (const { job, instants, nextAt } of agenda.all()) {
    let at = nextAt !== undefined && nextAt < from ? instants.next(new Date(from.getTime() - 1)) : nextAt;
    for (let count = 0; at !== undefined && at < until && count < mostOfAJob; count += 1) {
      planned.push({ jobId: job.id, at });
      if (planned.length >= mostOfAll) return planned;
      at = instants.next(at);
    }
  }
  return planned;
}
