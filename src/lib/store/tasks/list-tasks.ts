import type { Store } from '../store.ts';

/** A task row as people see it; numbers and dates as Postgres has them. */
export interface TaskListRow {
  id: number;
  event_id: number;
  state: string;
  priority: number;
  source: string;
  category: string;
  conversation: string | null;
  text: string;
  outcome: string | null;
  reason: string | null;
  progress: string | null;
  attempts: number;
  cost_usd: number;
  queued_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
}

/** One task row with everything that its page shows. */
export interface TaskRow extends TaskListRow {
  prompt: string;
  reply: string | null;
  reply_to: string | null;
  run_after: Date;
  agent: unknown;
  usage: unknown;
  memories: unknown;
}

/** The columns of `TaskListRow`. */
export const listedTaskColumns = `id, event_id, state, priority, source, category, conversation, left(prompt, 200) AS text, outcome, reason,
  progress, attempts, cost_usd::float8 AS cost_usd, queued_at, started_at, finished_at`;

/** The newest tasks, or the newest in one state. */
export async function listTasks(
  store: Pick<Store, 'query'>,
  { state, limit }: { state?: string | undefined; limit: number },
): Promise<TaskListRow[]> {
  const { rows } = await store.query<TaskListRow>({
    name: 'tasks-list',
    text: `SELECT ${listedTaskColumns} FROM tasks WHERE $1::text IS NULL OR state = $1 ORDER BY id DESC LIMIT $2`,
    values: [state ?? null, limit],
  });
  return rows;
}

/** One task, or undefined where there is none of that number. */
export async function findTask(store: Pick<Store, 'query'>, id: number): Promise<TaskRow | undefined> {
  const { rows } = await store.query<TaskRow>({
    name: 'tasks-find',
    text: `SELECT ${listedTaskColumns}, prompt, reply, reply_to, run_after, agent, usage, memories FROM tasks WHERE id = $1`,
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
