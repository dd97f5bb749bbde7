import type { FireCounts } from './fire-end.ts';
import type { Schedule } from './schedule.ts';

/** How the scheduler is. Times are epoch milliseconds. */
export interface ScheduleStatus {
  jobs: number;
  /** Jobs whose schedule cannot be read. */
  broken: number;
  /** Fires now: those that are claimed and wait for their turn, and those that run. */
  waiting: number;
  running: number;
  nextAt: number | null;
  /** How long the next fire is overdue, in milliseconds; 0 where it is not. */
  lateMs: number;
  /** Milliseconds since the last tick; null before the first one. */
  lastTickMsAgo: number | null;
  /** It has not ticked for three times its longest wait. */
  stuck: boolean;
  /** Fires since the start, by how they ended. */
  ended: FireCounts;
}

/** Reads how the scheduler is. */
export function scheduleStatus({ agenda, counts, line, pulse }: Schedule, now: number): ScheduleStatus {
  const nextAt = agenda.nextDueAt();
  const age = pulse.ageMs();
  return {
    jobs: agenda.size(),
    broken: agenda.broken(),
    waiting: line.waiting(),
    running: [...line.running()].length,
    nextAt: Number.isFinite(nextAt) ? nextAt : null,
    lateMs: Number.isFinite(nextAt) ? Math.max(0, now - nextAt) : 0,
    lastTickMsAgo: age === undefined ? null : Math.round(age),
    stuck: pulse.isStuck(),
    ended: { ...counts },
  };
}
