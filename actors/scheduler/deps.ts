import type { Bus } from '../../src/lib/bus.ts';
import type { ListFacts } from '../../src/lib/operations/facts.ts';
import type { Store } from '../../src/lib/store/store.ts';
import type { ScheduleFacts } from '../../src/schedule/facts.ts';
import type { JobKind } from '../../src/schedule/job.ts';
import type { Schedule } from '../../src/schedule/schedule.ts';

/** What the scheduler is made of. */
export interface SchedulerDeps {
  store: Store;
  bus: Pick<Bus<ScheduleFacts & ListFacts>, 'emit'>;
  schedule: Schedule;
  kinds: readonly JobKind[];
  /** The UUID of this daemon's journal. */
  worker: string;
  /** Whether other daemons may use the same database. */
  isShared: boolean;
  /** Told what is wrong with a single job or kind, while the others go on. */
  report: (problem: string, error?: unknown) => void;
  now: () => Date;
  /** Longest time between two ticks, in milliseconds; see `tickMs`. */
  longestRestMs?: number;
}
