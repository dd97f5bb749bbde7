import { type Candidate, detector, type Scene, seen } from '../detector.ts';
import { count, span } from '../words.ts';

type At = Readonly<Record<'waitingMs' | 'waitedMs' | 'ended', number>>;

/** Tasks that wait long for a lane. */
export const queueStarvation = detector({
  kind: 'queue_starvation',
  says: 'tasks that are due and wait long to run, now or most of the time',
  over: 'period',
  thresholds: {
    waitingMs: { value: 1_800_000, says: 'milliseconds that a queued task has been due' },
    waitedMs: {
      value: 600_000,
      says: 'milliseconds that a tenth of the tasks of a category waited at least',
    },
    ended: { value: 5, says: 'ended tasks of the category' },
  },
  detect: async (scene, at) => [...(await starving(scene, at)), ...(await starved(scene, at))],
});

/** What stands in the queue now. */
async function starving({ store, now, since }: Scene, at: At): Promise<Candidate[]> {
  const { rows } = await store.query<{
    number: number;
    oldestMs: number;
    oldest: { id: number; category: string; ms: number }[];
  }>({
    name: 'findings-starving',
    text: `WITH waiting AS (
             SELECT id, category, extract(epoch FROM $1 - greatest(coalesce(waits_from, queued_at), run_after)) * 1000 AS ms
               FROM tasks WHERE state = 'queued' AND run_after <= $1
                AND ($3::timestamptz IS NULL OR greatest(coalesce(waits_from, queued_at), run_after) >= $3))
           SELECT count(*)::int AS number, max(ms)::float8 AS "oldestMs",
                  to_jsonb((array_agg(jsonb_build_object('id', id, 'category', category, 'ms', ms) ORDER BY ms DESC))[1:5]) AS oldest
             FROM waiting WHERE ms >= $2 HAVING count(*) > 0`,
    values: [now, at.waitingMs, since ?? null],
  });
  return rows.map(({ number, oldestMs, oldest }) => ({
    subject: 'queue',
    severity: oldestMs >= 8 * at.waitingMs ? 'critical' : 'warning',
    summary: `${count(number, 'task')} in the queue ${number === 1 ? 'has' : 'have'} been due for ${span(at.waitingMs)} or longer, the oldest for ${span(oldestMs)}`,
    evidence: oldest.map(({ id, category, ms }) => seen('task', id, `of “${category}”, due for ${span(ms)}`)),
    figures: [
      { name: 'oldest', value: oldestMs, unit: 'ms' },
      { name: 'waiting', value: number, unit: 'count' },
    ],
    remedy:
      'See with `ninjad status` what holds them up: a cap that is reached, an agent that is away, or long tasks. lanes.total lets more run at once.',
    weight: oldestMs,
    metric: { metric: 'queue.oldestMs', today: oldestMs, goal: at.waitingMs / 2 },
  }));
}

/** Categories whose tasks waited most of the time. */
async function starved({ store, period }: Scene, at: At): Promise<Candidate[]> {
  const { rows } = await store.query<{
    category: string;
    ended: number;
    p90: number;
    longest: { id: number; ms: number }[];
  }>({
    name: 'findings-starved',
    text: `WITH waited AS (
             SELECT id, category, greatest(0, extract(epoch FROM started_at - greatest(coalesce(waits_from, queued_at), run_after)) * 1000)::float8 AS ms
               FROM tasks WHERE finished_at >= $1 AND finished_at < $2 AND started_at IS NOT NULL AND state IN ('done', 'failed', 'dead'))
           SELECT category, count(*)::int AS ended, percentile_cont(0.9) WITHIN GROUP (ORDER BY ms) AS p90,
                  to_jsonb((array_agg(jsonb_build_object('id', id, 'ms', ms) ORDER BY ms DESC))[1:5]) AS longest
             FROM waited GROUP BY category
           HAVING count(*) >= $3 AND percentile_cont(0.9) WITHIN GROUP (ORDER BY ms) >= $4::float8`,
    values: [period.from, period.to, at.ended, at.waitedMs],
  });
  return rows.map(({ category, ended, p90, longest }) => ({
    subject: category,
    severity: 'warning',
    summary: `One of ten tasks of the category “${category}” waited ${span(p90)} or longer to run`,
    evidence: [
      seen('category', category, `${ended} tasks, a tenth waited ${span(p90)}`),
      ...longest.map(({ id, ms }) => seen('task', id, `waited ${span(ms)}`)),
    ],
    figures: [
      { name: 'wait of one in ten', value: p90, unit: 'ms' },
      { name: 'ended', value: ended, unit: 'count' },
    ],
    remedy:
      'Give these tasks a higher priority by a rule, spread what comes all at once, or let more run at once with lanes.total.',
    weight: (ended * p90) / 1_000,
    metric: { metric: `task.waitP95Ms:${category}`, today: p90, goal: at.waitedMs / 2 },
  }));
}
