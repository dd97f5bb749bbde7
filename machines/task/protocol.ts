import type { RecalledMemory } from '../../src/memory/recall/recall.ts';
import type { RunnableAgent } from '../../src/tasks/agents/kinds.ts';
import type { ClaimedTask } from '../../src/tasks/rows/claim.ts';
import type { Cut } from '../../src/tasks/rows/cut-record.ts';
import type { TaskLimits } from '../../src/tasks/run/limits.ts';
import type { RunOutput } from '../agent-run/protocol.ts';

/** Input of an attempt. */
export interface TaskInput {
  task: ClaimedTask;
  limits: TaskLimits;
}

/** Commands of the task supervisor to an attempt. */
export type TaskCommand =
  | { type: 'task.cancel' }
  /** End the run, and go back to the queue to be tried anew at once. */
  | { type: 'task.again' }
  /** Running agents take more memory than they may, and this one the most. */
  | { type: 'task.outgrown' }
  /** The daemon stops: end in order, and go back to the queue. */
  | { type: 'task.shutdown' }
  /** A further message for the agent; one that comes before it runs waits for it, one after its turn is too late. */
  | { type: 'task.steer'; text: string }
  /** Rows were queued; one may belong to its conversation. */
  | { type: 'task.wake' }
  | { type: 'database.ready' };

/** Output of an attempt, which ends only when its outcome is recorded. */
export type TaskOutput = { taskId: number } & RecordedTask;

/** Input of `resolveAgent`. */
export interface AgentQuery {
  task: ClaimedTask;
  /** Asks for a new search. */
  reprobe: boolean;
  /** The run in which the agent that was to answer could not. */
  gaveUp: RunOutput | undefined;
  /** The session of its conversation proved to be gone. */
  lostSession: boolean;
}

/** Input of `recordTask`: everything that an attempt left behind. */
export interface RecordRequest extends RunOutput {
  task: ClaimedTask;
  agent: RunnableAgent | undefined;
  memories: readonly RecalledMemory[];
  /** Reason for a recall that failed; null where it worked. */
  withoutMemories: string | null;
  /** The session that the last run resumed, or null. */
  resumed: string | null;
  /** True when the conversation's session proved stale. */
  staleSession: boolean;
  /** True when the session was given up since the service refused to go on with it. */
  sessionRefused?: boolean;
  /** How much of it is written: less each time that Postgres has refused it for what it is. Default: the whole. */
  cut?: Cut;
}

/** Output of `recordTask`: the end as it stands in the row. `superseded`: it was no longer ours to record. */
export interface RecordedTask {
  state: 'done' | 'failed' | 'dead' | 'cancelled' | 'queued' | 'superseded';
  outcome: string;
  reply: string;
  reason?: string;
}

/** Input of `noteParting`: how a run ended whose outcome stands already. */
export interface PartingNote {
  task: ClaimedTask;
  run: RunOutput;
}

/** Input of `reply`. */
export interface ReplyRequest {
  task: ClaimedTask;
  recorded: RecordedTask;
}
