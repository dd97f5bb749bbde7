import { type MetricGroup, readBy } from './metric.ts';

/** A figure of samples: the mean weighed by how many fine samples each stands for, or the greatest. */
const mean = (figure: string): string =>
  `sum(mean * number) FILTER (WHERE key = '${figure}') / nullif(sum(number) FILTER (WHERE key = '${figure}'), 0)`;
const greatest = (figure: string): string => `max(greatest) FILTER (WHERE key = '${figure}')`;
const sum = (figure: string): string => `sum(mean * number) FILTER (WHERE key = '${figure}')`;

/** What the daemon measured of itself. Coarse samples count, and fine ones where no coarse one was made of them yet. */
export const selfMetrics: MetricGroup = {
  name: 'self',
  by: null,
  metrics: {
    'loop.p99Ms': {
      unit: 'ms',
      better: 'lower',
      says: 'how late 99 of 100 turns of the daemon are, on average',
    },
    'loop.maxMs': { unit: 'ms', better: 'lower', says: 'the longest that the daemon stood still' },
    'process.rssBytes': { unit: 'bytes', better: 'lower', says: 'memory of the process, on average' },
    'queue.oldestMs': { unit: 'ms', better: 'lower', says: 'the longest that a task stood in the queue' },
    'mailbox.oldestMs': {
      unit: 'ms',
      better: 'lower',
      says: 'the longest that an event waited to be routed',
    },
    'statement.maxMs': { unit: 'ms', better: 'lower', says: 'the slowest statement' },
    'statement.slowPerDay': { unit: 'a day', better: 'lower', says: 'statements that were slow' },
    'recall.perDay': { unit: 'a day', better: 'neither', says: 'recalls' },
    'recall.meanMs': { unit: 'ms', better: 'lower', says: 'how long a recall took, on average' },
    'restart.perDay': { unit: 'a day', better: 'lower', says: 'restarts of parts of the daemon' },
  },
  read: readBy(
    'self',
    `WITH kept AS (
       SELECT worker, at, step_s, figures FROM self_samples AS one WHERE at >= $1 AND at < $2
          AND NOT EXISTS (SELECT FROM self_samples AS coarser
                           WHERE coarser.worker = one.worker AND coarser.step_s = 3600 AND one.step_s < 3600
                             AND coarser.at = date_trunc('hour', one.at, 'UTC'))
          AND NOT EXISTS (SELECT FROM self_samples AS coarser
                           WHERE coarser.worker = one.worker AND coarser.step_s = 60 AND one.step_s = 10
                             AND coarser.at = date_trunc('minute', one.at, 'UTC'))),
     figures AS (
       SELECT kept.worker, kept.at, figure.key,
              CASE jsonb_typeof(figure.value) WHEN 'array' THEN (figure.value->>0)::float8 ELSE (figure.value #>> '{}')::float8 END AS mean,
              CASE jsonb_typeof(figure.value) WHEN 'array' THEN (figure.value->>2)::float8 ELSE (figure.value #>> '{}')::float8 END AS greatest,
              CASE jsonb_typeof(figure.value) WHEN 'array' THEN (figure.value->>3)::float8 ELSE 1 END AS number
         FROM kept CROSS JOIN LATERAL jsonb_each(kept.figures) AS figure
        WHERE jsonb_typeof(figure.value) IN ('array', 'number')),
     restarts AS (
       -- They are counted from each start of the daemon on: one that is lower than before belongs to a new life.
       SELECT sum(CASE WHEN before IS NULL THEN 0 WHEN greatest >= before THEN greatest - before ELSE greatest END) AS number
         FROM (SELECT greatest, lag(greatest) OVER (PARTITION BY worker ORDER BY at) AS before
                 FROM figures WHERE key = 'restarts') AS counts)
     SELECT NULL AS subject, (SELECT count(*)::int FROM kept) AS samples,
            ${mean('loopP99Ms')} AS "loop.p99Ms", ${greatest('loopMaxMs')} AS "loop.maxMs",
            ${mean('rssBytes')} AS "process.rssBytes",
            ${greatest('tasksOldestMs')} AS "queue.oldestMs", ${greatest('mailboxOldestMs')} AS "mailbox.oldestMs",
            ${greatest('statementMaxMs')} AS "statement.maxMs", ${sum('slowStatements')} / $3::float8 AS "statement.slowPerDay",
            ${sum('recalls')} / $3::float8 AS "recall.perDay", ${mean('recallMeanMs')} AS "recall.meanMs",
            (SELECT number FROM restarts) / $3::float8 AS "restart.perDay"
       FROM figures HAVING count(*) > 0`,
  ),
};
