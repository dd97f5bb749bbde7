import { detector, seen } from '../detector.ts';
import { count, span } from '../words.ts';

interface Stalls {
  stalls: number;
  worstMs: number;
  /** Null where too little time was sampled. */
  p99Ms: number | null;
  worst: { at: string; ms: number }[];
}

/** A daemon that has just begun is busy for some seconds, which says nothing of the rest. */
const leastSampledS = 3_600;

/** Times at which the event loop stood still. */
export const loopStall = detector({
  kind: 'loop_stall',
  says: 'times at which the daemon stood still',
  over: 'period',
  thresholds: {
    stallMs: { value: 500, says: 'milliseconds of one stall' },
    stalls: { value: 3, says: 'samples with such a stall' },
    graveMs: { value: 5_000, says: 'milliseconds of a stall of which one is enough' },
    p99Ms: { value: 100, says: 'milliseconds that the 99th percentile is on average' },
  },
  async detect({ store, period }, at) {
    const { rows } = await store.query<Stalls>({
      name: 'findings-stalls',
      text: `WITH read AS (
               SELECT at, step_s,
                      CASE jsonb_typeof(figures->'loopMaxMs') WHEN 'array' THEN figures->'loopMaxMs'->>2 WHEN 'number' THEN figures->>'loopMaxMs' END::float8 AS ms,
                      CASE jsonb_typeof(figures->'loopP99Ms') WHEN 'array' THEN figures->'loopP99Ms'->>0 WHEN 'number' THEN figures->>'loopP99Ms' END::float8 AS p99
                 FROM self_samples AS one WHERE at >= $1 AND at < $2
                  -- Each minute is looked at once: the fine samples are those of the last day, the coarse ones reach back.
                  AND NOT EXISTS (SELECT FROM self_samples AS finer
                                   WHERE finer.worker = one.worker AND finer.step_s < one.step_s
                                     AND finer.at >= one.at AND finer.at < one.at + make_interval(secs => one.step_s)))
             SELECT (count(*) FILTER (WHERE ms >= $3))::int AS stalls, coalesce(max(ms), 0) AS "worstMs",
                    CASE WHEN sum(step_s) FILTER (WHERE p99 IS NOT NULL) >= ${leastSampledS}
                         THEN sum(p99 * step_s) / sum(step_s) FILTER (WHERE p99 IS NOT NULL) END::float8 AS "p99Ms",
                    to_jsonb((array_agg(jsonb_build_object('at', at, 'ms', ms) ORDER BY ms DESC NULLS LAST))[1:5]) AS worst
               FROM read HAVING count(*) > 0`,
      values: [period.from, period.to, at.stallMs],
    });
    return rows
      .filter(
        ({ stalls, worstMs, p99Ms }) =>
          stalls >= at.stalls || worstMs >= at.graveMs || (p99Ms ?? 0) >= at.p99Ms,
      )
      .map(({ stalls, worstMs, p99Ms, worst }) => ({
        subject: 'loop',
        severity: worstMs >= at.graveMs || (p99Ms ?? 0) >= at.p99Ms ? 'critical' : 'warning',
        summary: `The daemon stood still for ${span(at.stallMs)} or longer in ${count(stalls, 'sample')}, for ${span(worstMs)} at worst`,
        evidence: worst.map((one) =>
          seen('sample', new Date(one.at).toISOString(), `a stall of ${span(one.ms)}`),
        ),
        figures: [
          { name: 'stalls', value: stalls, unit: 'count' },
          { name: 'worst', value: worstMs, unit: 'ms' },
          ...(p99Ms === null ? [] : [{ name: 'p99 on average', value: p99Ms, unit: 'ms' as const }]),
        ],
        remedy:
          'See what ran at these times (tasks, a flood of events, a large statement). Work that takes longer than some milliseconds belongs into a child process or has to be cut into pieces.',
        weight: Math.max(stalls, worstMs / at.stallMs),
        metric: { metric: 'loop.maxMs', today: worstMs, goal: at.stallMs },
      }));
  },
});
