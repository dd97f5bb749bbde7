import { detector, seen } from '../detector.ts';
import { span } from '../words.ts';

interface Slow {
  category: string;
  ended: number;
  medianMs: number;
  /** Of the weeks before; null where too few tasks ended then. */
  usualMs: number | null;
  slowest: { id: number; ms: number }[];
}

const ran = 'greatest(0, extract(epoch FROM finished_at - started_at) * 1000)::float8';

/** Tasks of a category that take long, or longer than they used to. */
export const slowCategory = detector({
  kind: 'slow_category',
  says: 'a category whose tasks take long, or much longer than they used to',
  over: 'period',
  thresholds: {
    medianMs: { value: 180_000, says: 'milliseconds that half of the tasks ran at least' },
    factor: { value: 2, says: 'times the median of the four weeks before' },
    slowerMs: { value: 10_000, says: 'milliseconds more than in the four weeks before' },
    ended: { value: 5, says: 'ended tasks, in both' },
  },
  async detect({ store, period, before }, at) {
    const { rows } = await store.query<Slow>({
      name: 'findings-slow',
      text: `WITH ran AS (
               SELECT id, category, finished_at >= $1 AS is_now, ${ran} AS ms FROM tasks
                WHERE ((finished_at >= $1 AND finished_at < $2) OR (finished_at >= $3 AND finished_at < $4))
                  AND state IN ('done', 'failed', 'dead') AND started_at IS NOT NULL)
             SELECT category, count(*) FILTER (WHERE is_now)::int AS ended,
                    percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE is_now) AS "medianMs",
                    CASE WHEN count(*) FILTER (WHERE NOT is_now) >= $5
                         THEN percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FILTER (WHERE NOT is_now) END AS "usualMs",
                    to_jsonb((array_agg(jsonb_build_object('id', id, 'ms', ms) ORDER BY ms DESC) FILTER (WHERE is_now))[1:5]) AS slowest
               FROM ran GROUP BY category HAVING count(*) FILTER (WHERE is_now) >= $5`,
      values: [period.from, period.to, before.from, before.to, at.ended],
    });
    return rows
      .filter(({ medianMs, usualMs }) => medianMs >= at.medianMs || isSlower(medianMs, usualMs, at))
      .map(({ category, ended, medianMs, usualMs, slowest }) => {
        const slower = isSlower(medianMs, usualMs, at);
        const before = usualMs === null ? '' : `, ${span(usualMs)} in the weeks before`;
        return {
          subject: category,
          severity: slower ? 'warning' : 'info',
          summary: `Half of the tasks of the category “${category}” ran ${span(medianMs)} or longer${before}`,
          evidence: [
            seen('category', category, `median of ${ended} tasks: ${span(medianMs)}`),
            ...slowest.map(({ id, ms }) => seen('task', id, `ran ${span(ms)}`)),
          ],
          figures: [
            { name: 'median', value: medianMs, unit: 'ms', ...(usualMs !== null && { usual: usualMs }) },
            { name: 'ended', value: ended, unit: 'count' },
          ],
          remedy:
            'Look at the transcripts of the slowest ones: what do they wait for? A narrower prompt, a faster model for the category, or a reflex in its place saves the time.',
          weight: (ended * medianMs) / 1_000,
          metric: {
            metric: `task.durationP50Ms:${category}`,
            today: medianMs,
            goal: usualMs ?? medianMs / 2,
          },
        };
      });
  },
});

function isSlower(
  medianMs: number,
  usualMs: number | null,
  { factor, slowerMs }: { factor: number; slowerMs: number },
): boolean {
  return usualMs !== null && medianMs >= factor * usualMs && medianMs >= usualMs + slowerMs;
}
