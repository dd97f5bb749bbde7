import type { Store } from '../store.ts';

/** What tasks cost, in US dollars, by the days and months of the daemon's time zone. */
export interface CostReport {
  todayUsd: number;
  monthUsd: number;
  tasksToday: number;
}

/** Sums the costs of the tasks that ended today and this month. */
export async function costReport(store: Pick<Store, 'query'>, now: Date): Promise<CostReport> {
  const { rows } = await store.query<{ today: number; month: number; tasks: number }>({
    name: 'tasks-cost-report',
    text: `SELECT coalesce(sum(cost_usd) FILTER (WHERE finished_at >= $2), 0)::float8 AS today,
                  coalesce(sum(cost_usd), 0)::float8 AS month,
                  count(*) FILTER (WHERE finished_at >= $2)::int AS tasks
             FROM tasks WHERE finished_at >= $1`,
    values: [startOfMonth(now), startOfDay(now)],
  });
  const [row] = rows;
  return { todayUsd: row?.today ?? 0, monthUsd: row?.month ?? 0, tasksToday: row?.tasks ?? 0 };
}

function startOfDay(now: Date): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate());
}

function startOfMonth(now: Date): Date {
  return new Date(now.getFullYear(), now.getMonth(), 1);
}
