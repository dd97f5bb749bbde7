import type { Status } from '../status/status.ts';
import type { RunningTask } from '../../tasks/reflexes.ts';
import type { Asked } from './feeds/ask-now.ts';

/** The pulse, at most two a second. */
export interface Now extends Asked {
  /** Epoch milliseconds. */
  at: number;
  status: Status;
  /** Accepted lines a second since the pulse before. */
  eventsPerSecond: number;
  running: LaneTask[];
  /** Goals that are due next, three at most. */
  nextGoals: { name: string; at: Date }[];
}

/** A task in a lane, with what it does. */
export interface LaneTask extends RunningTask {
  progress: string | null;
  /** When it began to run, epoch milliseconds; null where that was not seen. */
  since: number | null;
}
