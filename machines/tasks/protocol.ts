import type { LiveTask } from '../../src/tasks/rows/renew-leases.ts';
import type { AgentsMemory } from '../../src/tasks/room/agents-memory.ts';
import type { Occupant } from '../../src/tasks/room/room.ts';
import type { TaskInput } from '../task/protocol.ts';

/** Input of the task supervisor. Lanes are counts, times are milliseconds. */
export interface TasksInput {
  /** Tasks that run at once. Default 3. */
  lanes?: number;
  /** Of these, lanes that only HUMAN tasks may use. Default 1. */
  reservedForHuman?: number;
  /** How often leases are renewed; a third of the lease or less. Default 20,000. */
  upkeepMs?: number;
  /** Pause before the store is asked again while it is away. Default 2,000. */
  storeRetryMs?: number;
  /** How often the memory of running agents is measured. Default 2,000. */
  memoryMs?: number;
  /** How long running tasks may go on after `child.stop`. Default 10,000. */
  drainMs?: number;
}

/** Commands to the task supervisor. */
export type TasksCommand =
  /** Rows may have become due: look. */
  | { type: 'tasks.wake' }
  | { type: 'database.ready' }
  /** The owner has changed how many may run at once. */
  | { type: 'tasks.lanes'; lanes: number; reservedForHuman: number }
  | { type: 'task.cancel'; taskId: number }
  | { type: 'task.retry'; taskId: number }
  | { type: 'task.again'; taskId: number }
  | { type: 'task.steer'; taskId: number; text: string };

/** A failure that no state shows; `during` names the work that failed. */
export interface TasksProblem {
  during: string;
  error: unknown;
}

/** Input of `claimTask`. */
export interface ClaimRequest {
  humanOnly: boolean;
  /** Conversations that somebody here is still at. */
  busy: string[];
}

/** Output of `claimTask`: a task to run, or how long nothing is due. */
export type Claim = TaskInput | { task: undefined; waitMs: number };

/** Input of `tendTasks`: who runs here, and whose actor has failed. */
export interface UpkeepRequest {
  live: LiveTask[];
  lost: number[];
}

/** Output of `tendTasks`. */
export interface UpkeepReport {
  /** Tasks that run here and belong to another worker by now. */
  superseded: number[];
  /** The lost ones that it was told of: they are settled. */
  lost: number[];
}

/** Input of `measureMemory`: whose agents run. */
export interface MemoryRequest {
  occupants: Occupant[];
}

/** Output of `measureMemory`: what running agents take, and the largest of them where that is more than they may. */
export interface MemoryLook {
  memory: AgentsMemory;
  passed: { taskId: number } | undefined;
}

/** Input of `amendTask`: a change to a task that does not run. */
export interface Amendment {
  taskId: number;
  change: 'cancel' | 'retry';
}

/** Output of `amendTask`: the change, and whether the row was in a state for it. */
export type AmendmentResult = Amendment & { changed: boolean };
