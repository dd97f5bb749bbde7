import { dayName } from '../../lib/local-time.ts';
import { detector, seen } from '../detector.ts';
import { count, inBrief, span } from '../words.ts';

interface Slow {
  hash: string;
  text: string;
  calls: number;
  totalMs: number;
  maxMs: number;
}

/** Statements on which much time is spent. */
export const slowStatement = detector({
  kind: 'slow_statement',
  says: 'a statement that is slow again and again, or very slow',
  over: 'period',
  thresholds: {
    totalMs: { value: 10_000, says: 'milliseconds in all, of calls that were slow' },
    calls: { value: 10, says: 'slow calls' },
    maxMs: { value: 5_000, says: 'milliseconds of one call, of which three are enough' },
  },
  async detect({ store, period }, at) {
    const { rows } = await store.query<Slow>({
      name: 'findings-statements',
      text: `SELECT hash, min(text) AS text, sum(calls)::int AS calls, sum(total_ms) AS "totalMs", max(max_ms) AS "maxMs"
               FROM slow_statements WHERE day >= $1::date AND last_at >= $2 AND last_at <= $3 GROUP BY hash
             HAVING (sum(total_ms) >= $4 AND sum(calls) >= $5) OR (max(max_ms) >= $6 AND sum(calls) >= 3)
              ORDER BY sum(total_ms) DESC LIMIT 10`,
      values: [dayBefore(period.from), period.from, period.to, at.totalMs, at.calls, at.maxMs],
    });
    return rows.map(({ hash, text, calls, totalMs, maxMs }) => ({
      subject: hash,
      severity: totalMs >= 30 * at.totalMs ? 'critical' : 'warning',
      summary: `A statement was slow ${count(calls, 'time')}, took ${span(totalMs)} in all and ${span(maxMs)} at most: ${inBrief(text, 120)}`,
      evidence: [seen('statement', hash, inBrief(text, 280))],
      figures: [
        { name: 'slow calls', value: calls, unit: 'count' },
        { name: 'in all', value: totalMs, unit: 'ms' },
        { name: 'slowest', value: maxMs, unit: 'ms' },
      ],
      remedy:
        'Look at its plan with `ninjad psql "EXPLAIN …"`: an index may be missing, or it reads more rows than are shown. Pieces keep others from waiting behind it.',
      weight: totalMs,
      metric: { metric: 'statement.maxMs', today: maxMs, goal: at.maxMs / 5 },
    }));
  },
});

/** Days of statements are in UTC; the day of an instant is at most one earlier. */
function dayBefore(at: Date): string {
  return dayName(new Date(at.getTime() - 86_400_000));
}
