import { detector, type Scene, seen } from '../detector.ts';
import { count } from '../words.ts';

interface Hour {
  hour: string;
  parts: number;
  starts: number;
}

/** Many restarts within an hour: of parts of the daemon, or of the daemon itself. */
export const restartCluster = detector({
  kind: 'restart_cluster',
  says: 'several restarts within an hour: of parts of the daemon, or of the daemon itself',
  over: 'period',
  thresholds: { inAnHour: { value: 3, says: 'restarts within one hour' } },
  async detect({ store, period }, at) {
    const { rows } = await store.query<Hour>({
      name: 'findings-restarts',
      // Both figures begin anew with the daemon, so that one that is lower than before belongs to another life of it.
      text: `WITH read AS (
               SELECT worker, at,
                      CASE jsonb_typeof(figures->'restarts') WHEN 'array' THEN figures->'restarts'->>2 WHEN 'number' THEN figures->>'restarts' END::float8 AS restarts,
                      CASE jsonb_typeof(figures->'uptimeMs') WHEN 'array' THEN figures->'uptimeMs'->>1 WHEN 'number' THEN figures->>'uptimeMs' END::float8 AS least,
                      CASE jsonb_typeof(figures->'uptimeMs') WHEN 'array' THEN figures->'uptimeMs'->>2 WHEN 'number' THEN figures->>'uptimeMs' END::float8 AS greatest
                 FROM self_samples AS one WHERE at >= $1 AND at < $2
                  AND NOT EXISTS (SELECT FROM self_samples AS finer
                                   WHERE finer.worker = one.worker AND finer.step_s < one.step_s
                                     AND finer.at >= one.at AND finer.at < one.at + make_interval(secs => one.step_s))),
             steps AS (
               SELECT at, restarts, lag(restarts) OVER life AS restarts_before, least, lag(greatest) OVER life AS uptime_before
                 FROM read WINDOW life AS (PARTITION BY worker ORDER BY at)),
             hours AS (
               SELECT date_trunc('hour', at, 'UTC') AS hour,
                      sum(CASE WHEN restarts_before IS NULL THEN 0 WHEN restarts >= restarts_before THEN restarts - restarts_before ELSE restarts END) AS parts,
                      count(*) FILTER (WHERE least < uptime_before) AS starts
                 FROM steps GROUP BY 1)
             SELECT hour, coalesce(parts, 0)::int AS parts, starts::int AS starts FROM hours
              WHERE coalesce(parts, 0) + starts >= $3 ORDER BY parts + starts DESC`,
      values: [period.from, period.to, at.inAnHour],
    });
    const parts = rows.reduce((sum, hour) => sum + hour.parts, 0);
    const starts = rows.reduce((sum, hour) => sum + hour.starts, 0);
    if (rows.length === 0) return [];
    const samples = await firstSamples(store, rows.slice(0, 5));
    return [
      {
        subject: 'restarts',
        severity: parts + starts >= 5 * at.inAnHour ? 'critical' : 'warning',
        summary: `Within ${count(rows.length, 'hour')}, parts of the daemon were restarted ${count(parts, 'time')}, and the daemon itself ${count(starts, 'time')}`,
        evidence: samples.map(({ at, hour }) =>
          seen(
            'sample',
            new Date(at).toISOString(),
            `${hour.parts} of parts, ${hour.starts} of the daemon in this hour`,
          ),
        ),
        figures: [
          { name: 'restarts of parts', value: parts, unit: 'count' },
          { name: 'starts of the daemon', value: starts, unit: 'count' },
          { name: 'hours', value: rows.length, unit: 'count' },
        ],
        remedy:
          'The log of these hours says which part failed and why; `ninjad status` shows the restarts of each. A part that cannot work should be switched off rather than restarted.',
        weight: parts + starts,
        metric: { metric: 'restart.perDay', today: parts + starts, goal: 0 },
      },
    ];
  },
});

/** The first sample of each hour, to be opened. */
async function firstSamples(
  store: Scene['store'],
  hours: readonly Hour[],
): Promise<{ at: Date; hour: Hour }[]> {
  const found: { at: Date; hour: Hour }[] = [];
  for (const hour of hours) {
    const { rows } = await store.query<{ at: Date }>({
      name: 'findings-first-sample',
      text: `SELECT min(at) AS at FROM self_samples WHERE at >= $1 AND at < $1::timestamptz + interval '1 hour' HAVING count(*) > 0`,
      values: [hour.hour],
    });
    for (const { at } of rows) found.push({ at, hour });
  }
  return found;
}
