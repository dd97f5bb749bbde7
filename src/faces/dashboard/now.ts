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
}

/** A task in a lane, with what it does. */
export interface LaneTask extends RunningTask {
  progress: string | null;
}

/** The pulses of the last quarter of an hour as columns of equal length; null where nothing was measured. */
export interface NowHistory {
  intervalMs: number;
  /** Epoch milliseconds of each column. */
  at: number[];
  depth: (number | null)[];
  eventsPerSecond: (number | null)[];
  running: (number | null)[];
  queued: (number | null)[];
  loopP99Ms: (number | null)[];
  todayUsd: (number | null)[];
  failed: (number | null)[];
}
