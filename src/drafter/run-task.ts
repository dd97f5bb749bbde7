import type { EventWriter } from '../events/event-writer.ts';
import { eventOf } from '../goals/rows/event-end.ts';
import { recordLineage } from '../goals/rows/runs.ts';
import { patiently } from '../goals/run/patiently.ts';
import { rest } from '../lib/rest.ts';
import type { Store } from '../lib/store/store.ts';
import { SECOND } from '../lib/time.ts';
import { eventKey } from '../lib/wire/event-key.ts';
import { type OnProgress, watchEvent } from '../goals/run/watch-event.ts';

/** How the task of a draft ended. */
export interface TaskEnd {
  taskId: number | null;
  /** `done`, or how else it ended; `cut` where it was called off. */
  state: string;
  /** What the run came to, as tasks have it, such as `not-logged-in`; null where none did. */
  outcome: string | null;
  reply: string;
  reason: string | null;
  costUsd: number;
}

/** What the agent of a draft is asked, and under which name. */
export interface DraftTask {
  /** Begins with `drafter:`; see `DraftRuns`. */
  source: string;
  prompt: string;
  dedupKey: string;
}

export interface RunTaskDeps {
  store: Store;
  writer: Pick<EventWriter, 'putAccepted'>;
  cancelTask: (taskId: number) => void;
  onProgress: OnProgress;
  now: () => Date;
}

const noTask = { taskId: null, outcome: null, reply: '', reason: null, costUsd: 0 };

/** The category of drafts: by it the owner may give them limits and rules. */
export const draftCategory = 'draft';
const lookMs = 15 * SECOND;
/** A task that was called off has this long to be gone. */
const partingMs = 60 * SECOND;

/**
 * Has the agent's run of a draft done as a task like every other: through the pipe, so that lanes, caps, killer and transcript
 * hold. Resolves when the task is over; when `signal` aborts, it is called off first.
 */
export async function runDraftTask(
  deps: RunTaskDeps,
  { source, prompt, dedupKey }: DraftTask,
  signal: AbortSignal,
): Promise<TaskEnd> {
  const key = eventKey(source, dedupKey);
  // The owner has approved the wish: its words are theirs.
  await patiently(() => recordLineage(deps.store, key, 'owner', deps.now()), signal);
  const payload = { text: prompt, dedupKey };
  await patiently(
    () => deps.writer.putAccepted({ priority: 'LOW', source, category: draftCategory, payload }, dedupKey),
    signal,
  );
  const end = await awaitEnd(deps, key, signal);
  if (end !== undefined) return end;
  return await callOff(deps, key);
}

async function awaitEnd(deps: RunTaskDeps, key: string, signal: AbortSignal): Promise<TaskEnd | undefined> {
  const find = () => patiently(() => eventOf(deps.store, key), signal).catch(() => undefined);
  return watchEvent<TaskEnd>({ key, onProgress: deps.onProgress, find }, signal, async (seen) =>
    seen !== undefined && seen.status !== 'task'
      ? { answer: await endOf(deps, key, seen.status) }
      : { restMs: lookMs },
  );
}

async function callOff(deps: RunTaskDeps, key: string): Promise<TaskEnd> {
  const until = AbortSignal.timeout(partingMs);
  while (!until.aborted) {
    const seen = await eventOf(deps.store, key).catch(() => undefined);
    if (seen !== undefined && seen.status !== 'task') return endOf(deps, key, seen.status);
    if (seen?.taskId != null) deps.cancelTask(seen.taskId);
    await rest(SECOND / 2, until);
  }
  return { ...noTask, state: 'cut', reason: 'it could not be called off in time' };
}

async function endOf({ store }: RunTaskDeps, key: string, status: string): Promise<TaskEnd> {
  const { rows } = await store.query<Omit<TaskEnd, 'state'> & { state: string | null }>({
    name: 'drafter-task-end',
    text: `SELECT task.id AS "taskId", task.state, task.outcome, coalesce(task.reply, '') AS reply,
                  coalesce(task.reason, event.reason) AS reason, coalesce(task.cost_usd, 0)::float8 AS "costUsd"
             FROM events AS event LEFT JOIN tasks AS task ON task.event_id = event.id WHERE event.dedup_key = $1`,
    values: [key],
  });
  const [row] = rows;
  if (row === undefined) return { ...noTask, state: 'dropped' };
  if (row.state === null)
    return {
      ...row,
      state: 'dropped',
      reason: row.reason ?? `a rule has routed it elsewhere (it is ${status})`,
    };
  return { ...row, state: row.state };
}
