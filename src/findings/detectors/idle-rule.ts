import { detector, seen } from '../detector.ts';
import { count } from '../words.ts';

interface Idle {
  rule: string;
  since: Date;
  lastAt: Date | null;
  events: number;
}

const dayMs = 86_400_000;

/** A rule of the owner's that takes nothing. */
export const idleRule = detector({
  kind: 'idle_rule',
  says: 'a rule of yours that takes no event, although events come in',
  over: 'state',
  thresholds: {
    days: { value: 14, says: 'days without an event that it took, since it was made' },
    events: { value: 50, says: 'events that other rules took meanwhile' },
  },
  async detect({ store, now, rules }, at) {
    if (rules.length === 0) return [];
    const { rows } = await store.query<Idle>({
      name: 'findings-idle-rules',
      text: `SELECT name AS rule, since, hits.last_at AS "lastAt",
                    (SELECT coalesce(sum(taken), 0)::float8 FROM rule_days WHERE day >= idle_since::date) AS events
               FROM unnest($1::text[]) AS name
              CROSS JOIN LATERAL (
                -- When it was made: a version has it; a rule that stands in config.json is as old as the first hit of any.
                SELECT coalesce(
                  (SELECT min(at) FROM rule_versions WHERE EXISTS (
                     SELECT FROM jsonb_array_elements(rules) AS kept WHERE kept->>'name' = name)),
                  (SELECT updated_at FROM config WHERE key = 'router.rules'),
                  (SELECT min(day)::timestamptz FROM rule_days), $2) AS since) AS made
              CROSS JOIN LATERAL (SELECT max(last_at) AS last_at FROM rule_days WHERE rule = name) AS hits
              CROSS JOIN LATERAL (SELECT greatest(since, hits.last_at) AS idle_since) AS idle
              WHERE idle_since <= $3`,
      values: [rules, now, new Date(now.getTime() - at.days * dayMs)],
    });
    return rows
      .filter(({ events }) => events >= at.events)
      .map(({ rule, since, lastAt, events }) => {
        const days = (now.getTime() - (lastAt ?? since).getTime()) / dayMs;
        return {
          subject: rule,
          severity: 'info',
          summary: `The rule “${rule}” has taken no event for ${count(Math.floor(days), 'day')}, while ${count(events, 'event')} met other rules`,
          evidence: [
            seen(
              'rule',
              rule,
              lastAt === null
                ? 'it has never taken one'
                : `the last one on ${lastAt.toISOString().slice(0, 10)}`,
            ),
          ],
          figures: [
            { name: 'idle', value: Math.floor(days), unit: 'days' },
            { name: 'other events', value: events, unit: 'count' },
          ],
          remedy:
            'See with `ninjad rules try` whether a rule before it takes what it is meant for, or whether its pattern fits nothing; remove it where it is not needed any more.',
          weight: days,
        };
      });
  },
});
