import type { Store } from '../../lib/store/store.ts';

/** What one model did for a task. */
export interface TaskCostRow {
  at: Date;
  model: string;
  costUsd: number;
  inputTokens: number;
  outputTokens: number;
}

/** What was booked for a task, first to last. */
export async function listTaskCosts(store: Pick<Store, 'query'>, taskId: number): Promise<TaskCostRow[]> {
  const { rows } = await store.query<TaskCostRow>({
    name: 'task-costs-of-one',
    text: `SELECT at, model, cost_usd::float8 AS "costUsd", input_tokens AS "inputTokens",
                  output_tokens AS "outputTokens" FROM task_costs
            WHERE task_id = $1 ORDER BY id LIMIT 500`,
    values: [taskId],
  });
  return rows;
}

/** A memory or a past task as it was given to a task. */
export interface GivenRow {
  id: string;
  kind: string;
  source: string;
  trust: string | null;
  content: string;
}

/** What stands behind ids such as `memory:7` and `task:3`, as far as it is still there; 2,000 characters of each. */
export async function findGiven(store: Pick<Store, 'query'>, ids: readonly string[]): Promise<GivenRow[]> {
  const of = (prefix: string): number[] =>
    ids
      .flatMap((id) => (id.startsWith(prefix) ? [Number(id.slice(prefix.length))] : []))
      .filter(Number.isSafeInteger);
  const { rows } = await store.query<GivenRow>({
    name: 'given-memories-find',
    text: `SELECT 'memory:' || id AS id, kind, source, trust, left(content, 2000) AS content
             FROM memory_embeddings WHERE id = ANY ($1::bigint[])
           UNION ALL
           SELECT 'task:' || id, 'task', source, NULL, left(prompt || E'\\n\\n' || coalesce(reply, ''), 2000)
             FROM tasks WHERE id = ANY ($2::bigint[])`,
    values: [of('memory:'), of('task:')],
  });
  return rows;
}

/** How tasks ended lately. */
export interface LatelyRow {
  id: number;
  state: string;
  finishedAt: Date;
}

/** The last tasks that ended, newest first. */
export async function lastEndedTasks(store: Pick<Store, 'query'>, limit: number): Promise<LatelyRow[]> {
  const { rows } = await store.query<LatelyRow>({
    name: 'tasks-last-ended',
    text: `SELECT id, state, finished_at AS "finishedAt" FROM tasks WHERE finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT $1`,
    values: [limit],
  });
  return rows;
}
