import type { RunnableAgent } from '../../src/tasks/agents/kinds.ts';
import type { ClaimedTask } from '../../src/tasks/rows/claim.ts';
import type { FollowUp } from '../../src/tasks/run/follow-ups.ts';

/** Input: the task that listens and its agent. */
export interface FollowUpsInput {
  task: ClaimedTask;
  agent: RunnableAgent;
  /** Pause before the store is asked again while it is away, in milliseconds. */
  storeRetryMs: number;
}

/** Commands of the run: rows were queued. */
export type FollowUpsCommand = { type: 'task.wake' };

/** News for the run: messages of the conversation that it is to take in. */
export type FollowUpsFact = { type: 'run.followUps'; messages: readonly FollowUp[] };
