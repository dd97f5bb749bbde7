import { dayName } from '../../lib/local-time.ts';
import { startOfDay, startOfMonth } from '../calendar.ts';
import type { Store } from '../../lib/store/store.ts';

/** What costs are grouped by. */
export const costGroupings = ['day', 'category', 'model'] as const;
export type CostGrouping = (typeof costGroupings)[number];

/** The costs of one day, category or model. */
export interface CostRow {
  /** A day as `2026-03-29`, or the name of the category or model. */
  key: string;
  costUsd: number;
  tasks: number;
  inputTokens: number;
  outputTokens: number;
  /** Input tokens that came from the cache, and those that were put into it; `inputTokens` has neither. */
  cacheReadTokens: number;
  cacheWriteTokens: number;
}

/** What tasks cost, in US dollars, by the days and months of the daemon's time zone. */
export interface CostReport {
  todayUsd: number;
  tasksToday: number;
  monthUsd: number;
  by: CostGrouping;
  /** How many days `rows` cover, today included. */
  days: number;
  /** Days newest first and without gaps that cost nothing; categories and models the dearest first. */
  rows: CostRow[];
}

type FigureRow = { [Column in Exclude<keyof CostRow, 'key'>]: number };

const figures = `count(DISTINCT task_id)::int AS tasks, sum(cost_usd)::float8 AS "costUsd",
  sum(input_tokens)::float8 AS "inputTokens", sum(output_tokens)::float8 AS "outputTokens",
  sum(cache_read_tokens)::float8 AS "cacheReadTokens", sum(cache_write_tokens)::float8 AS "cacheWriteTokens"`;

/** Sums the costs of today, of this month, and of the last `days` days grouped by `by`. */
export async function costReport(
  store: Pick<Store, 'query'>,
  { by, days, now }: { by: CostGrouping; days: number; now: Date },
): Promise<CostReport> {
  const { rows } = await store.query<{ today: number; month: number; tasks: number }>({
    name: 'task-costs-today',
    text: `SELECT coalesce(sum(cost_usd) FILTER (WHERE at >= $2), 0)::float8 AS today,
                  coalesce(sum(cost_usd), 0)::float8 AS month,
                  count(DISTINCT task_id) FILTER (WHERE at >= $2)::int AS tasks
             FROM task_costs WHERE at >= $1`,
    values: [startOfMonth(now), startOfDay(now)],
  });
  const [sums] = rows;
  const found = by === 'day' ? await byDay(store, days, now) : await byName(store, by, days, now);
  return {
    todayUsd: sums?.today ?? 0,
    tasksToday: sums?.tasks ?? 0,
    monthUsd: sums?.month ?? 0,
    by,
    days,
    rows: found,
  };
}

async function byName(
  store: Pick<Store, 'query'>,
  column: 'category' | 'model',
  days: number,
  now: Date,
): Promise<CostRow[]> {
  const { rows } = await store.query<CostRow>({
    name: `task-costs-by-${column}`,
    text: `SELECT ${column} AS key, ${figures} FROM task_costs WHERE at >= $1 GROUP BY 1 ORDER BY "costUsd" DESC, key`,
    values: [startOfDay(now, days - 1)],
  });
  return rows;
}

/** The days are cut here and not in Postgres, which may be in another time zone. */
async function byDay(store: Pick<Store, 'query'>, days: number, now: Date): Promise<CostRow[]> {
  const starts = Array.from({ length: days }, (_, index) => startOfDay(now, days - 1 - index));
  const { rows } = await store.query<FigureRow & { day: number }>({
    name: 'task-costs-by-day',
    text: `SELECT width_bucket(at, $1::timestamptz[]) AS day, ${figures}
             FROM task_costs WHERE at >= $2 GROUP BY 1 ORDER BY 1 DESC`,
    values: [starts, starts[0]],
  });
  return rows.map(({ day, ...row }) => ({ key: dayName(starts[day - 1] ?? now), ...row }));
}
