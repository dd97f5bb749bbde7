import type { Period } from '../metrics/metric.ts';
import type { Tx } from '../lib/store/store.ts';
import type { Evidence } from '../wishes/evidence.ts';

/** How many of each kind are told. */
const each = 12;
const noteChars = 240;

/** Statements by the kind of what they find: its ref, and what is said of it. `$1` and `$2` are the period. */
const sources: readonly { kind: Evidence['kind']; name: string; text: string }[] = [
  {
    kind: 'task',
    name: 'failed',
    text: `SELECT id::text AS ref, format('category %s ended as %s after %s attempts: %s', category, state, attempts,
                  left(coalesce(reason, 'no reason is known'), 160)) AS note
             FROM tasks WHERE finished_at >= $1 AND finished_at < $2 AND state IN ('failed', 'dead')
            ORDER BY finished_at DESC LIMIT ${each}`,
  },
  {
    kind: 'task',
    name: 'costly',
    text: `SELECT task_id::text AS ref, format('category %s cost %s USD', max(category), round(sum(cost_usd), 4)) AS note
             FROM task_costs WHERE at >= $1 AND at < $2 GROUP BY task_id HAVING sum(cost_usd) > 0
            ORDER BY sum(cost_usd) DESC LIMIT 6`,
  },
  {
    kind: 'category',
    name: 'categories',
    text: `SELECT category AS ref, format('%s tasks, %s failed, %s s on average', count(*),
                  count(*) FILTER (WHERE state IN ('failed', 'dead')),
                  round(coalesce(avg(extract(epoch FROM finished_at - started_at)), 0))) AS note
             FROM tasks WHERE finished_at >= $1 AND finished_at < $2 AND state <> 'cancelled'
            GROUP BY category ORDER BY count(*) DESC LIMIT ${each}`,
  },
  {
    kind: 'source',
    name: 'sources',
    text: `SELECT source AS ref, format('%s events, %s became tasks', count(*), count(*) FILTER (WHERE route = 'task')) AS note
             FROM events WHERE received_at >= $1 AND received_at < $2 GROUP BY source ORDER BY count(*) DESC LIMIT ${each}`,
  },
  {
    kind: 'goal',
    name: 'goals',
    text: `SELECT goals.name AS ref, format('%s of %s runs failed', count(*) FILTER (WHERE fire.state = 'failed'), count(*)) AS note
             FROM job_fires AS fire JOIN goals ON fire.job_id = 'goal:' || goals.id
            WHERE goals.removed_at IS NULL AND fire.nominal_at >= $1 AND fire.nominal_at < $2 GROUP BY goals.name
           HAVING count(*) FILTER (WHERE fire.state = 'failed') > 0 ORDER BY count(*) DESC LIMIT ${each}`,
  },
  {
    kind: 'statement',
    name: 'statements',
    text: `SELECT hash AS ref, format('%s slow calls, %s ms at most: %s', sum(calls), round(max(max_ms)), left(max(text), 120)) AS note
             FROM slow_statements WHERE last_at >= $1 AND last_at < $2 GROUP BY hash ORDER BY sum(total_ms) DESC LIMIT 6`,
  },
  {
    kind: 'finding',
    name: 'findings',
    text: `SELECT id::text AS ref, format('%s, seen %s times: %s', severity, seen_count, left(summary, 200)) AS note
             FROM optimization_findings WHERE state = 'open' AND last_seen_at >= $1 AND first_seen_at < $2
            ORDER BY last_seen_at DESC LIMIT ${each}`,
  },
];

/** What a wish may point to: what went wrong, what was costly and what there was much of in the period. All of it exists. */
export async function evidenceOffers(store: Tx, { from, to }: Period): Promise<Evidence[]> {
  const offers: Evidence[] = [];
  for (const { kind, name, text } of sources) {
    const { rows } = await store.query<{ ref: string; note: string }>({
      name: `retrospective-offers-${name}`,
      text,
      values: [from, to],
    });
    offers.push(...rows.map(({ ref, note }) => ({ kind, ref, note: oneLine(note) })));
  }
  return offers;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, noteChars);
}
