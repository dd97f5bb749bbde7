import { findTaskCgroups, type TaskCgroup } from '../containment/task-cgroup.ts';
import { findMarked } from '../process/find-marked.ts';
import { terminateFamily } from '../process/kill-family.ts';
import type { Store } from '../store/store.ts';
import type { AbandonedTask } from '../store/tasks/find-abandoned.ts';
import { recordOutcome } from '../store/tasks/record-outcome.ts';
import type { SettledMessage } from '../store/tasks/steered.ts';
import { taskMarker, taskMarkerName, workerPrefix } from './marker.ts';
import { withNextStep } from './next-step.ts';
import type { Failure } from './outcome.ts';
import { type RetryPolicy, type Verdict, verdictOf } from './retry.ts';

/** What became of an abandoned task. */
export interface SettledTask {
  id: number;
  eventId: number;
  state: Verdict['state'];
  outcome: string;
  reason: string;
  /** What was steered into it, which is in the queue again. */
  messages: SettledMessage[];
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
} as const satisfies Failure;

/** Ends every process of that worker's tasks, whether or not a row knows of it; returns how many tasks had some. */
export async function endMarked(worker: string, graceMs: number): Promise<number> {
  const cgroups = await findTaskCgroups(worker);
  const marked = await findMarked(taskMarkerName, workerPrefix(worker));
  const values = [...marked.map(({ value }) => value), ...cgroups.map(({ mark }) => taskMarker(mark).value)];
  const distinct = [...new Set(values)];
  await Promise.all(
    distinct.map((value) =>
      terminateFamily({
        marker: { name: taskMarkerName, value },
        cgroups: directoriesOf(cgroups, value),
        graceMs,
      }),
    ),
  );
  return distinct.length;
}

/** Ends what an abandoned task has left running, then queues it again or lets it go, by policy. */
export async function settleAbandoned(
  task: AbandonedTask,
  options: SettleOptions,
): Promise<SettledTask | undefined> {
  const { store, retryPolicy, graceMs, now } = options;
  const marker = taskMarker({ worker: task.worker, taskId: task.id, attempt: task.attempt });
  const cgroups = directoriesOf(await findTaskCgroups(task.worker), marker.value);
  await terminateFamily({ marker, cgroups, graceMs, ...(task.process !== null && { root: task.process }) });
  const verdict = verdictOf(abandonedOutcome, { number: task.attempt, isAwaited: false }, retryPolicy);
  const outcome = withNextStep(abandonedOutcome, { taskId: task.id, attempt: task.attempt, verdict });
  const messages = await recordOutcome(store, {
    task,
    outcome,
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
    unbilled: {},
    endedItself: false,
    heard: [],
    note: undefined,
    now,
  });
  if (messages === undefined) return undefined;
  const { id, eventId } = task;
  return { id, eventId, state: verdict.state, outcome: outcome.kind, reason: outcome.reason, messages };
}

function directoriesOf(cgroups: readonly TaskCgroup[], markerValue: string): string[] {
  return cgroups.filter(({ mark }) => taskMarker(mark).value === markerValue).map(({ dir }) => dir);
}
