import type { Tx } from '../../lib/store/store.ts';

/** What ended and what was spent within one step of time. */
export interface SeriesPoint {
  at: Date;
  done: number;
  failed: number;
  costUsd: number;
}

/** How tasks ended and what was spent, a point a step, with zeros where nothing was; both ends are whole steps. */
export async function taskSeries(
  store: Tx,
  { from, until, stepS }: { from: Date; until: Date; stepS: number },
): Promise<SeriesPoint[]> {
  const { rows } = await store.query<SeriesPoint>({
    name: 'task-series',
    text: `
      WITH steps AS (SELECT generate_series($1::timestamptz, $2::timestamptz, make_interval(secs => $3)) AS at),
      ended AS (
        SELECT to_timestamp(floor(extract(epoch FROM finished_at) / $3) * $3) AS at,
               count(*) FILTER (WHERE state = 'done')::int AS done,
               count(*) FILTER (WHERE state IN ('failed', 'dead'))::int AS failed
          FROM tasks WHERE finished_at >= $1 GROUP BY 1),
      spent AS (
        SELECT to_timestamp(floor(extract(epoch FROM at) / $3) * $3) AS at, sum(cost_usd)::float8 AS usd
          FROM task_costs WHERE at >= $1 GROUP BY 1)
      SELECT steps.at, coalesce(ended.done, 0) AS done, coalesce(ended.failed, 0) AS failed, coalesce(spent.usd, 0) AS "costUsd"
        FROM steps LEFT JOIN ended ON ended.at = steps.at LEFT JOIN spent ON spent.at = steps.at
       ORDER BY steps.at`,
    values: [from, until, stepS],
  });
  return rows;
}
