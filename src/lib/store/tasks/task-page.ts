import type { Store } from '../store.ts';

/** What one model did for a task. */
export interface TaskCostRow {
  at: Date;
  model: string;
  cost_usd: number;
  input_tokens: number;
  output_tokens: number;
}

/** What was booked for a task, first to last. */
export async function listTaskCosts(store: Pick<Store, 'query'>, taskId: number): Promise<TaskCostRow[]> {
  const { rows } = await store.query<TaskCostRow>({
    name: 'task-costs-of-one',
    text: `SELECT at, model, cost_usd::float8 AS cost_usd, input_tokens, output_tokens FROM task_costs
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
  finished_at: Date;
}

/** The last tasks that ended, newest first. */
export async function lastEndedTasks(store: Pick<Store, 'query'>, limit: number): Promise<LatelyRow[]> {
  const { rows } = await store.query<LatelyRow>({
    name: 'tasks-last-ended',
    text: `SELECT id, state, finished_at FROM tasks WHERE finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT $1`,
    values: [limit],
  });
  return rows;
}

/** What waits for the owner. */
export async function countWaiting(
  store: Pick<Store, 'query'>,
): Promise<{ wishes: number; findings: number; deadLetters: number; notices: number }> {
  const { rows } = await store.query<{
    wishes: number;
    findings: number;
    deadLetters: number;
    notices: number;
  }>({
    name: 'waiting-for-the-owner',
    text: `SELECT (SELECT count(*)::int FROM wishlist WHERE state IN ('proposed', 'drafted')) AS wishes,
                  (SELECT count(*)::int FROM optimization_findings WHERE state = 'open') AS findings,
                  (SELECT count(*)::int FROM owner_notices WHERE seen_at IS NULL) AS notices,
                  (SELECT count(*)::int FROM tasks WHERE state = 'dead')
                    + (SELECT count(*)::int FROM events WHERE status = 'dead'
                        AND NOT EXISTS (SELECT FROM tasks WHERE tasks.event_id = events.id)) AS "deadLetters"`,
  });
  return rows[0] ?? { wishes: 0, findings: 0, deadLetters: 0, notices: 0 };
}
