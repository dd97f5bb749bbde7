import { findMarked } from '../process/find-marked.ts';
import { terminateFamily } from '../process/kill-family.ts';
import type { Store } from '../store/store.ts';
import type { AbandonedTask } from '../store/tasks/find-abandoned.ts';
import { recordOutcome } from '../store/tasks/record-outcome.ts';
import { taskMarker, taskMarkerName, workerPrefix } from './marker.ts';
import type { Outcome } from './outcome.ts';
import { type RetryPolicy, type Verdict, verdictOf } from './retry.ts';

/** What became of an abandoned task. */
export interface SettledTask {
  id: number;
  eventId: number;
  state: Verdict['state'];
  outcome: string;
  reason: string;
}

export interface SettleOptions {
  store: Store;
  retryPolicy: RetryPolicy;
  graceMs: number;
  now: Date;
}

const abandonedOutcome = {
  kind: 'crashed',
  reason: 'the daemon went away while the task ran',
} as const satisfies Outcome;

/** Ends every process of that worker's tasks, whether or not a row knows of it; returns how many tasks had some. */
export async function endMarked(worker: string, graceMs: number): Promise<number> {
  const marked = await findMarked(taskMarkerName, workerPrefix(worker));
  const values = [...new Set(marked.map(({ value }) => value))];
  await Promise.all(
    values.map((value) => terminateFamily({ marker: { name: taskMarkerName, value }, graceMs })),
  );
  return values.length;
}

/** Ends what an abandoned task has left running, then queues it again or lets it go, by policy. */
export async function settleAbandoned(
  task: AbandonedTask,
  options: SettleOptions,
): Promise<SettledTask | undefined> {
  const { store, retryPolicy, graceMs, now } = options;
  const marker = taskMarker({ worker: task.worker, taskId: task.id, attempt: task.attempt });
  await terminateFamily({ marker, graceMs, ...(task.process !== null && { root: task.process }) });
  const verdict = verdictOf(abandonedOutcome, { number: task.attempt, isAwaited: false }, retryPolicy);
  const recorded = await recordOutcome(store, {
    task,
    outcome: abandonedOutcome,
    verdict,
    reply: '',
    progress: task.progress ?? '',
    agent: null,
    memories: null,
    sessionId: null,
    resumed: null,
    keepSession: false,
    staleSession: false,
    sessionCostUsd: undefined,
    usage: null,
    note: undefined,
    now,
  });
  if (!recorded) return undefined;
  const { kind: outcome, reason } = abandonedOutcome;
  return { id: task.id, eventId: task.eventId, state: verdict.state, outcome, reason };
}
