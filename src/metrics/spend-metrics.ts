import { type MetricGroup, readBy } from './metric.ts';

/** What tasks cost within the period. */
export const spendMetrics: MetricGroup = {
  name: 'spend',
  by: 'category',
  metrics: {
    'spend.usdPerDay': { unit: 'usd a day', better: 'lower', says: 'what tasks cost a day' },
    'spend.usdPerTask': { unit: 'usd', better: 'lower', says: 'what a task cost, on average' },
    'spend.promptTokens': {
      unit: 'tokens',
      better: 'lower',
      says: 'tokens that the model read for a task, with those from its cache, on average',
    },
    'spend.outputTokens': {
      unit: 'tokens',
      better: 'lower',
      says: 'tokens that the model wrote for a task, on average',
    },
    'spend.cachedShare': {
      unit: 'share',
      better: 'higher',
      says: 'tokens that came from the cache, of those that were read',
    },
  },
  read: readBy(
    'spend',
    `SELECT category AS subject, count(DISTINCT task_id)::int AS samples,
            sum(cost_usd)::float8 / $3::float8 AS "spend.usdPerDay",
            (sum(cost_usd) / count(DISTINCT task_id))::float8 AS "spend.usdPerTask",
            (sum(input_tokens + cache_read_tokens + cache_write_tokens) / count(DISTINCT task_id))::float8 AS "spend.promptTokens",
            (sum(output_tokens) / count(DISTINCT task_id))::float8 AS "spend.outputTokens",
            (sum(cache_read_tokens) / nullif(sum(input_tokens + cache_read_tokens + cache_write_tokens), 0))::float8 AS "spend.cachedShare"
       FROM task_costs WHERE at >= $1 AND at < $2 GROUP BY GROUPING SETS ((category), ()) HAVING count(*) > 0`,
  ),
};
