import type { Store } from '../../lib/store/store.ts';

/** The states of a task, as the schema's constraint knows them. */
export const taskStates = ['queued', 'running', 'done', 'failed', 'cancelled', 'dead'] as const;

/** A task row as lists show it. */
export interface TaskListRow {
  id: number;
  eventId: number;
  state: string;
  priority: number;
  source: string;
  category: string;
  conversation: string | null;
  /** The first 200 characters of the prompt. */
  text: string;
  outcome: string | null;
  reason: string | null;
  progress: string | null;
  attempts: number;
  costUsd: number;
  queuedAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

/** The agent of a task, as its last attempt noted it. */
export interface TaskAgent {
  kind: string;
  path?: string;
  version?: string;
  /** Why it stood in for another one. */
  instead?: string;
}

/** One task row with everything that its page shows. */
export interface TaskRow extends TaskListRow {
  prompt: string;
  reply: string | null;
  replyTo: string | null;
  runAfter: Date;
  agent: TaskAgent | null;
  usage: unknown;
  memories: unknown;
}

/** The columns of `TaskListRow`. */
export const listedTaskColumns = `id, event_id AS "eventId", state, priority, source, category, conversation,
  left(prompt, 200) AS text, outcome, reason, progress, attempts, cost_usd::float8 AS "costUsd", queued_at AS "queuedAt",
  started_at AS "startedAt", finished_at AS "finishedAt"`;

/** One task, or undefined where there is none of that number. */
export async function findTask(store: Pick<Store, 'query'>, id: number): Promise<TaskRow | undefined> {
  const { rows } = await store.query<TaskRow>({
    name: 'tasks-find',
    text: `SELECT ${listedTaskColumns}, prompt, reply, reply_to AS "replyTo", run_after AS "runAfter", agent, usage, memories FROM tasks WHERE id = $1`,
    values: [id],
  });
  return rows[0];
}

/** How many tasks wait in the queue. */
export async function countQueued(store: Pick<Store, 'query'>): Promise<number> {
  const { rows } = await store.query<{ count: number }>({
    name: 'tasks-count-queued',
    text: `SELECT count(*) AS count FROM tasks WHERE state = 'queued'`,
  });
  return rows[0]?.count ?? 0;
}
