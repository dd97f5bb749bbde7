import { type Agenda, createAgenda } from './agenda.ts';
import { createClockWatch } from './clock-watch.ts';
import { createLine, type Line } from './line.ts';
import type { FireCounts } from './fire-end.ts';
import type { Gaps } from './missed-because.ts';
import { createPulse, type Pulse } from './pulse.ts';
import { createFireRequests, type FireRequests } from './requests.ts';
import { createWorkerWatch } from './worker-watch.ts';

/** What the scheduler knows. All of it is read anew from the rows when the scheduler begins. */
export interface Schedule {
  agenda: Agenda;
  line: Line;
  pulse: Pulse;
  requests: FireRequests;
  gaps: Gaps;
  /** Fires since the daemon began, by how they ended. */
  counts: FireCounts;
  watchClock: ReturnType<typeof createClockWatch>;
  watchWorkers: ReturnType<typeof createWorkerWatch>;
  /** Instants that were claimed before this life and never started, by job. */
  leftover: Map<string, Date[]>;
  /** When the next fire that makes up for a missed one may start, in epoch milliseconds. */
  madeUpFrom: number;
  monotonicMs: () => number;
  /** Has a job run now; see `FireRequests`. */
  fireNow: FireRequests['fireNow'];
  /** Forgets everything but the requests, for a life of the scheduler that begins. */
  begin(now: Date): void;
}

/** See `Schedule`. `monotonicMs` is for tests. */
export function createSchedule(monotonicMs: () => number = () => performance.now()): Schedule {
  const requests = createFireRequests();
  const fresh = (now: Date) => ({
    agenda: createAgenda(),
    line: createLine(),
    gaps: { beganAt: now },
    watchClock: createClockWatch(monotonicMs),
    watchWorkers: createWorkerWatch(monotonicMs),
    leftover: new Map<string, Date[]>(),
    madeUpFrom: 0,
  });
  return {
    ...fresh(new Date(0)),
    pulse: createPulse(monotonicMs),
    requests,
    counts: { done: 0, failed: 0, missed: 0, skipped: 0, cancelled: 0 },
    monotonicMs,
    fireNow: (jobId) => requests.fireNow(jobId),
    begin(now) {
      Object.assign(this, fresh(now));
    },
  };
}
