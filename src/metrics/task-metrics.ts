import { type MetricGroup, readBy } from './metric.ts';

/** Milliseconds between two columns; a clock that was set back makes no negative ones. */
const ms = (from: string, to: string): string =>
  `greatest(0, extract(epoch FROM ${to} - ${from}) * 1000)::float8`;

/** Tasks that ended within the period, without those that were cancelled. */
export const taskMetrics: MetricGroup = {
  name: 'tasks',
  by: 'category',
  metrics: {
    'task.perDay': { unit: 'a day', better: 'neither', says: 'tasks that ended' },
    'task.failureRate': { unit: 'share', better: 'lower', says: 'tasks that failed, of those that ended' },
    'task.attempts': { unit: 'count', better: 'lower', says: 'attempts that a task took, on average' },
    'task.durationP50Ms': { unit: 'ms', better: 'lower', says: 'how long half of the tasks ran at most' },
    'task.durationP95Ms': { unit: 'ms', better: 'lower', says: 'how long 95 % of the tasks ran at most' },
    'task.waitP50Ms': {
      unit: 'ms',
      better: 'lower',
      says: 'how long half of the tasks waited to run at most',
    },
    'task.waitP95Ms': {
      unit: 'ms',
      better: 'lower',
      says: 'how long 95 % of the tasks waited to run at most',
    },
    'task.promptChars': {
      unit: 'count',
      better: 'lower',
      says: 'characters of text that a task was given, on average',
    },
    'task.memories': { unit: 'count', better: 'neither', says: 'memories that a task was given, on average' },
  },
  read: readBy(
    'tasks',
    `WITH ended AS (
       SELECT category, state, attempts, length(prompt) AS chars,
              CASE jsonb_typeof(memories) WHEN 'array' THEN jsonb_array_length(memories) ELSE 0 END AS memories,
              ${ms('started_at', 'finished_at')} AS ran,
              -- It waits from when it was due; a backoff and quiet hours are no wait for a lane.
              ${ms('greatest(coalesce(waits_from, queued_at), run_after)', 'started_at')} AS waited
         FROM tasks WHERE finished_at >= $1 AND finished_at < $2 AND state IN ('done', 'failed', 'dead'))
     SELECT category AS subject, count(*)::int AS samples,
            count(*) / $3::float8 AS "task.perDay",
            avg(CASE state WHEN 'done' THEN 0 ELSE 1 END)::float8 AS "task.failureRate",
            avg(attempts)::float8 AS "task.attempts",
            percentile_cont(0.5) WITHIN GROUP (ORDER BY ran) AS "task.durationP50Ms",
            percentile_cont(0.95) WITHIN GROUP (ORDER BY ran) AS "task.durationP95Ms",
            percentile_cont(0.5) WITHIN GROUP (ORDER BY waited) AS "task.waitP50Ms",
            percentile_cont(0.95) WITHIN GROUP (ORDER BY waited) AS "task.waitP95Ms",
            avg(chars)::float8 AS "task.promptChars",
            avg(memories)::float8 AS "task.memories"
       FROM ended GROUP BY GROUPING SETS ((category), ())`,
  ),
};

/** Tasks that were put back into the queue within the period, which an outage of the daemon does not count for. */
export const retryMetrics: MetricGroup = {
  name: 'retries',
  by: 'category',
  metrics: {
    'task.retriesPerDay': {
      unit: 'a day',
      better: 'lower',
      says: 'failed attempts after which a task was queued again',
    },
  },
  read: readBy(
    'retries',
    `SELECT task.category AS subject, count(*)::int AS samples, count(*) / $3::float8 AS "task.retriesPerDay"
       FROM activity_log AS line JOIN tasks AS task ON task.id = line.task_id
      WHERE line.at >= $1 AND line.at < $2 AND line.action = 'task.requeued' AND line.detail->>'outcome' <> 'shutdown'
      GROUP BY GROUPING SETS ((task.category), ())`,
  ),
};
