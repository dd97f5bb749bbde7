import type { ProcessIdentity } from '../../src/lib/process/identity.ts';
import type { TaskMark } from '../../src/lib/process/marker.ts';
import type { GivenUp } from '../../src/tasks/standby/desk.ts';
import type { RunRequest } from '../../src/tasks/run/launch.ts';

/** An agent to start ahead: the run that the owner's next message would be. */
export interface StandbyPlan {
  mark: TaskMark;
  request: RunRequest;
}

/** Input of `plan`: the owner's last task that was answered, or null. */
export interface PlanRequest {
  after: number | null;
}

/** Output of `plan`: what to start, or why nothing now, and when to ask again at the latest. */
export type Planned = { plan: StandbyPlan } | { plan: undefined; why: string; againMs: number };

/** A task of the owner's that was answered. */
export interface Answered {
  taskId: number;
  conversation: string | null;
}

/** News of the listener and of the process. */
export type StandbyFact =
  /** A task has ended, or a setting changed: one may be wanted. */
  | { type: 'standby.wake'; answered?: Answered }
  /** A task has taken it over. */
  | { type: 'standby.claimed'; attempt: number }
  /** It did not fit the task that came. */
  | { type: 'standby.refused'; attempt: number }
  | { type: 'standby.spawned'; identity: ProcessIdentity | undefined }
  /** It answers. */
  | { type: 'standby.ready' }
  /** It is no more, or never was. */
  | { type: 'standby.exited'; reason: string };

/** Output of `look`: why it may not stay, or undefined. */
export type LookResult = Extract<GivenUp, 'memory' | 'unwanted'> | undefined;

/** Input of `end`: whose processes end; without a mark, whatever an earlier life of the machine has left. */
export interface EndRequest {
  mark: TaskMark | undefined;
  identity: ProcessIdentity | undefined;
}
