import { startOfDay, startOfMonth } from '../calendar.ts';
import type { RunKey, SpendSums } from '../ledger.ts';
import type { Store } from '../../lib/store/store.ts';

/** The sums of today and this month, and which of `runs` still ran in the same instant. */
export async function spendSums(
  store: Pick<Store, 'query'>,
  runs: readonly RunKey[],
  now: Date,
): Promise<{ sums: SpendSums; running: RunKey[] }> {
  // One statement, one snapshot: a run is either among the running ones or its cost is in the sums.
  const { rows } = await store.query<{ today: number; month: number; running: RunKey[] }>({
    name: 'spend-sums',
    text: `SELECT coalesce(sum(cost_usd) FILTER (WHERE at >= $2), 0)::float8 AS today,
                  coalesce(sum(cost_usd), 0)::float8 AS month,
                  (SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'attempt', attempts)), '[]')
                     FROM tasks WHERE state = 'running' AND id = ANY ($3::bigint[])) AS running
             FROM task_costs WHERE at >= $1`,
    values: [startOfMonth(now), startOfDay(now), runs.map(({ id }) => id)],
  });
  const [row] = rows;
  return { sums: { todayUsd: row?.today ?? 0, monthUsd: row?.month ?? 0 }, running: row?.running ?? [] };
}
