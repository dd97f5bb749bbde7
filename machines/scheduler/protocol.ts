import type { StopCause } from '../../src/schedule/job.ts';
import type { FireInput } from '../fire/protocol.ts';

/** The scheduler's share of the time that stopping may take. */
export interface SchedulerInput {
  /** How long fires may take to end when it is asked to stop, in milliseconds. */
  drainMs: number;
}

/** News for the scheduler. */
export type SchedulerFact =
  /** The jobs of a kind have changed. */
  | { type: 'schedule.changed'; kind: string }
  /** Somebody asks for a fire. */
  | { type: 'schedule.wake' };

/** Which jobs to look at: all in the first look of a life. */
export interface JobsRequest {
  kinds: 'all' | readonly string[];
  isFirst: boolean;
}

/** A fire that runs here is to end. */
export interface StopOrder {
  id: number;
  cause: StopCause;
}

/** What a look at the jobs has shown. */
export interface JobsResult {
  stops: readonly StopOrder[];
}

/** What is to happen now, and how long until the next tick at the latest. */
export interface TickResult extends JobsResult {
  begun: readonly FireInput[];
  /** Somebody asks for a job that is not known: it may be new. */
  asksForUnknown: boolean;
  restMs: number;
}
