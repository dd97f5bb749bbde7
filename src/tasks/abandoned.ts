import { findTaskCgroups, type TaskCgroup } from '../lib/process/containment/task-cgroup.ts';
import { findMarked } from '../lib/process/find-marked.ts';
import { terminateFamily } from '../lib/process/kill-family.ts';
import type { ProcessRow } from '../lib/process/process-row.ts';
import type { Store } from '../lib/store/store.ts';
import type { AbandonedTask } from './rows/find-abandoned.ts';
import { recordOutcome } from './rows/record-outcome.ts';
import type { SettledMessage } from './rows/steered.ts';
import { taskMarker, taskMarkerName, workerPrefix } from '../lib/process/marker.ts';
import type { Deeds } from './deeds.ts';
import { type CutOff, cutOffOf, doubtsOf, doubtWords } from './run/cut-off.ts';
import { withNextStep } from './run/next-step.ts';
import type { Failure } from './run/outcome.ts';
import { type RetryPolicy, type Verdict, verdictOf } from './run/retry.ts';

/** What became of an abandoned task. */
export interface SettledTask {
  id: number;
  eventId: number;
  state: Verdict['state'];
  outcome: string;
  reason: string;
  /** What was steered into it, which is in the queue again. */
  messages: SettledMessage[];
  /** Why it waits for the owner; left out where it does not. */
  doubt?: string;
}

export interface SettleOptions {
  store: Store;
  retryPolicy: RetryPolicy;
  /** What it was seen to do. Default: nothing is known. */
  deeds?: Pick<Deeds, 'read' | 'drop'> | undefined;
  /** Whether a deed in doubt waits for the owner. Default: it does. */
  waits?: ((task: AbandonedTask) => boolean) | undefined;
  graceMs: number;
  now: Date;
}

const abandonedOutcome = {
  kind: 'crashed',
  reason: 'the daemon went away while the task ran',
} as const satisfies Failure;

/**
 * Ends every process of that worker's tasks, whether or not a row knows of it, and whoever is claimed as theirs; returns
 * how many tasks had marked ones.
 */
export async function endMarked(
  worker: string,
  graceMs: number,
  claims?: (row: ProcessRow) => boolean,
): Promise<number> {
  const cgroups = await findTaskCgroups(worker);
  const marked = await findMarked(taskMarkerName, workerPrefix(worker));
  const values = [...marked.map(({ value }) => value), ...cgroups.map(({ mark }) => taskMarker(mark).value)];
  const distinct = [...new Set(values)];
  // Nobody carries the bare prefix: that one ends the claimed alone.
  const claimed = claims === undefined ? [] : [workerPrefix(worker)];
  await Promise.all(
    [...distinct, ...claimed].map((value) =>
      terminateFamily({
        marker: { name: taskMarkerName, value },
        cgroups: directoriesOf(cgroups, value),
        claims,
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
  const known = await findTaskCgroups(task.worker);
  const root = task.process ?? undefined;
  const own = { worker: task.worker, taskId: task.id, attempt: task.attempt };
  // An agent that was started ahead carries a mark of its own, and its tools that of the attempt.
  for (const mark of root?.mark === undefined ? [own] : [root.mark, own]) {
    const marker = taskMarker(mark);
    await terminateFamily({ marker, cgroups: directoriesOf(known, marker.value), graceMs, root });
  }
  const verdict = verdictOf(abandonedOutcome, { number: task.attempt, isAwaited: false }, retryPolicy);
  const outcome = withNextStep(abandonedOutcome, { taskId: task.id, attempt: task.attempt, verdict });
  const cutOff = leftBy(task, options);
  const doubts = verdict.state === 'queued' && (options.waits?.(task) ?? true) ? doubtsOf(cutOff) : [];
  const messages = await recordOutcome(store, {
    task,
    cutOff,
    inDoubt: doubts.length > 0,
    outcome,
    verdict,
    reply: '',
    progress: doubts.length > 0 ? doubtWords(doubts) : (task.progress ?? ''),
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
  options.deeds?.drop(task);
  if (messages === undefined) return undefined;
  const { id, eventId } = task;
  const doubt = doubts.length > 0 ? { doubt: doubtWords(doubts) } : {};
  return {
    id,
    eventId,
    state: verdict.state,
    outcome: outcome.kind,
    reason: outcome.reason,
    messages,
    ...doubt,
  };
}

/** What an abandoned attempt leaves. One that was not heard of by then was interrupted all the same, and what one before it left still counts. */
function leftBy(task: AbandonedTask, { deeds }: SettleOptions): CutOff | undefined {
  if (deeds === undefined) return undefined;
  const { attempt } = task;
  const why = abandonedOutcome.reason;
  const known = deeds.read(task);
  return (
    cutOffOf(known, { attempt, kind: abandonedOutcome.kind, why }) ??
    task.cutOff ?? { attempt, why, ...known }
  );
}

function directoriesOf(cgroups: readonly TaskCgroup[], markerValue: string): string[] {
  return cgroups.filter(({ mark }) => taskMarker(mark).value === markerValue).map(({ dir }) => dir);
}
