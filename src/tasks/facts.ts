import type { TranscriptEntry } from './run/transcript.ts';

/** What observers hear of tasks. */
export type TaskFacts = {
  /** A task row changed state. */
  'task.state': { taskId: number; eventId: number; state: string; reason?: string };
  /** A piece of the reply as the agent writes it. */
  'task.text': { taskId: number; eventId: number; text: string };
  /** What the task is doing, in a few words. */
  'task.progress': { taskId: number; eventId: number; progress: string };
  /** What the task did: entries of its transcript as they come. */
  'task.noted': { taskId: number; eventId: number; attempt: number; entries: readonly TranscriptEntry[] };
  /**
   * A queued message was handed to the running task `into` of its conversation. What that one says is for both; it ends
   * as `steered` with the other's reply, or its `task.state` is `queued` again.
   */
  'task.steered': { taskId: number; eventId: number; into: number };
  /** A task ended for good; `reply` is its whole text. */
  'task.ended': {
    taskId: number;
    eventId: number;
    state: string;
    outcome: string;
    reply: string;
    reason?: string;
  };
};
