import { DAY } from '../lib/time.ts';
import { type MetricGroup, type MetricRow, readBy } from './metric.ts';

/** Events that came in within the period. */
export const eventMetrics: MetricGroup = {
  name: 'events',
  by: 'source',
  metrics: {
    'event.perDay': { unit: 'a day', better: 'neither', says: 'events that came in' },
    'event.deadPerDay': {
      unit: 'a day',
      better: 'lower',
      says: 'events that failed or were given up',
    },
    'event.taskPerDay': { unit: 'a day', better: 'neither', says: 'events that became tasks' },
  },
  async read(store, { from, to }) {
    const sums = new Map<string | null, { samples: number; dead: number; tasks: number }>();
    // A day at a time, so that nobody waits long behind a statement over millions of events.
    for (let start = from.getTime(); start < to.getTime(); start += DAY) {
      const end = Math.min(start + DAY, to.getTime());
      const { rows } = await store.query<{
        subject: string | null;
        samples: number;
        dead: number;
        tasks: number;
      }>({
        name: 'metrics-events',
        text: `SELECT source AS subject, count(*)::int AS samples,
                      count(*) FILTER (WHERE status IN ('dead', 'failed'))::int AS dead,
                      count(*) FILTER (WHERE route = 'task')::int AS tasks
                 FROM events WHERE received_at >= $1 AND received_at < $2 GROUP BY GROUPING SETS ((source), ())
               HAVING count(*) > 0`,
        values: [new Date(start), new Date(end)],
      });
      for (const { subject, samples, dead, tasks } of rows) {
        const sum = sums.get(subject) ?? { samples: 0, dead: 0, tasks: 0 };
        sums.set(subject, {
          samples: sum.samples + samples,
          dead: sum.dead + dead,
          tasks: sum.tasks + tasks,
        });
      }
    }
    const days = (to.getTime() - from.getTime()) / DAY;
    return [...sums].map(([subject, { samples, dead, tasks }]): MetricRow => ({
      subject,
      samples,
      'event.perDay': samples / days,
      'event.deadPerDay': dead / days,
      'event.taskPerDay': tasks / days,
    }));
  },
};

/** Runs of goals that ended within the period. */
export const goalMetrics: MetricGroup = {
  name: 'goals',
  by: 'goal',
  metrics: {
    'goal.failureRate': {
      unit: 'share',
      better: 'lower',
      says: 'runs of goals that failed, of those that began',
    },
    'goal.missedPerDay': {
      unit: 'a day',
      better: 'lower',
      says: 'runs of goals that were missed or left out',
    },
    'goal.durationP50Ms': {
      unit: 'ms',
      better: 'lower',
      says: 'how long half of the runs of goals took at most',
    },
  },
  read: readBy(
    'goals',
    `SELECT goal.name AS subject, count(*)::int AS samples,
            avg(CASE fire.state WHEN 'failed' THEN 1 ELSE 0 END) FILTER (WHERE fire.state IN ('done', 'failed'))::float8 AS "goal.failureRate",
            coalesce(sum(fire.instants) FILTER (WHERE fire.state IN ('missed', 'skipped')), 0)::float8 / $3::float8 AS "goal.missedPerDay",
            percentile_cont(0.5) WITHIN GROUP (ORDER BY greatest(0, extract(epoch FROM fire.ended_at - fire.started_at) * 1000)::float8)
              FILTER (WHERE fire.state IN ('done', 'failed')) AS "goal.durationP50Ms"
       FROM job_fires AS fire JOIN goals AS goal ON fire.job_id = 'goal:' || goal.id
      WHERE fire.kind = 'goal' AND fire.ended_at >= $1 AND fire.ended_at < $2
      GROUP BY GROUPING SETS ((goal.name), ()) HAVING count(*) > 0`,
  ),
};

/** Replies and news that left, or could not, within the period. */
export const deliveryMetrics: MetricGroup = {
  name: 'deliveries',
  by: 'channel',
  metrics: {
    'delivery.perDay': { unit: 'a day', better: 'neither', says: 'messages that left, or could not' },
    'delivery.failureRate': { unit: 'share', better: 'lower', says: 'messages that could not be delivered' },
    'delivery.waitP95Ms': {
      unit: 'ms',
      better: 'lower',
      says: 'how long 95 % of the messages took to leave at most',
    },
  },
  read: readBy(
    'deliveries',
    `SELECT channel AS subject, count(*)::int AS samples, count(*) / $3::float8 AS "delivery.perDay",
            avg(CASE state WHEN 'failed' THEN 1 ELSE 0 END)::float8 AS "delivery.failureRate",
            percentile_cont(0.95) WITHIN GROUP (ORDER BY greatest(0, extract(epoch FROM ended_at - created_at) * 1000)::float8)
              FILTER (WHERE state = 'delivered') AS "delivery.waitP95Ms"
       FROM deliveries WHERE ended_at >= $1 AND ended_at < $2 AND state IN ('delivered', 'failed')
      GROUP BY GROUPING SETS ((channel), ()) HAVING count(*) > 0`,
  ),
};
