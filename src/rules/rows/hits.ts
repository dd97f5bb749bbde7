import type { HitCounts } from '../../events/router/rule-hits.ts';
import { numberArray, textArray } from '../../lib/store/array-literal.ts';
import { dayName } from '../../lib/local-time.ts';
import type { Tx } from '../../lib/store/store.ts';

/** What a rule did, of the days that are kept. */
export interface StoredHits {
  rule: string;
  taken: number;
  throttled: number;
  held: number;
  lowered: number;
  lastAt: Date;
  /** Events taken in each of the last 14 days, today last. */
  days: number[];
}

/** Days that a plot shows. */
export const shownDays = 14;

/** Adds counts to those of today, all rules with one statement. */
export async function addHits(store: Tx, counts: ReadonlyMap<string, HitCounts>, now: Date): Promise<void> {
  if (counts.size === 0) return;
  const rules = [...counts.keys()];
  const hits = [...counts.values()];
  await store.query({
    name: 'rules-add-hits',
    text: `INSERT INTO rule_days AS day (rule, day, taken, throttled, held, lowered, last_at)
           SELECT rule, $7::date, taken, throttled, held, lowered, to_timestamp(last_ms / 1000)
             FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::float8[])
               AS hits (rule, taken, throttled, held, lowered, last_ms)
           ON CONFLICT ON CONSTRAINT rule_days_pkey DO UPDATE
             SET taken = day.taken + excluded.taken, throttled = day.throttled + excluded.throttled,
                 held = day.held + excluded.held, lowered = day.lowered + excluded.lowered,
                 last_at = greatest(day.last_at, excluded.last_at)`,
    values: [
      textArray(rules),
      ...(['taken', 'throttled', 'held', 'lowered', 'lastAt'] as const).map((name) =>
        numberArray(hits.map((one) => one[name])),
      ),
      dayName(now),
    ],
  });
}

/** The counts of all rules. */
export async function listHits(store: Tx, now: Date): Promise<StoredHits[]> {
  const { rows } = await store.query<StoredHits>({
    name: 'rules-hits',
    text: `WITH shown AS (SELECT generate_series($1::date - ${shownDays - 1}, $1::date, '1 day')::date AS day)
           SELECT rule, sum(taken)::float8 AS taken, sum(throttled)::float8 AS throttled, sum(held)::float8 AS held,
                  sum(lowered)::float8 AS lowered, max(last_at) AS "lastAt",
                  ARRAY(SELECT coalesce((SELECT of_day.taken FROM rule_days AS of_day
                                          WHERE of_day.rule = rule_days.rule AND of_day.day = shown.day), 0)::float8
                          FROM shown ORDER BY shown.day) AS days
             FROM rule_days GROUP BY rule`,
    values: [dayName(now)],
  });
  return rows;
}
