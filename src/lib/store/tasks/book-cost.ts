import {
  addedUsage,
  readModelUsage,
  sinceMark,
  type UsageByModel,
  withRest,
} from '../../spend/model-usage.ts';
import type { Store } from '../store.ts';

type Tx = Pick<Store, 'query'>;

/** What the CLI told of a session at the end of a run: its figures include every earlier run of that session. */
export interface SessionFigures {
  conversation: string | null;
  /** The session that the run resumed, or null for a new one. */
  resumed: string | null;
  /** Undefined without a result line. */
  sessionCostUsd: number | undefined;
  /** The CLI's `modelUsage`, as it came. */
  usage: unknown;
}

/** What one attempt itself cost, and what the session's figures stand at now. */
export interface AttemptCost {
  costUsd: number;
  byModel: UsageByModel;
  highWaterUsd: number;
  usageHighWater: UsageByModel;
}

/** The cost of one attempt: the difference to the session's high-water mark, in US dollars. */
export async function costOfAttempt(tx: Tx, figures: SessionFigures): Promise<AttemptCost> {
  const { sessionCostUsd, usage } = figures;
  const booked = await bookedOf(tx, figures);
  const costUsd = sessionCostUsd === undefined ? 0 : sinceMark(sessionCostUsd, booked.costUsd);
  const now = readModelUsage(usage);
  return {
    costUsd,
    byModel: withRest(addedUsage(now, booked.usage), costUsd),
    highWaterUsd: sessionCostUsd ?? booked.costUsd,
    usageHighWater: { ...booked.usage, ...now },
  };
}

/** Books an attempt's cost, a row a model, and brings the sums in the task's own row up to date. */
export async function bookCost(tx: Tx, taskId: number, { byModel }: AttemptCost, now: Date): Promise<void> {
  const models = Object.entries(byModel);
  if (models.length === 0) return;
  await tx.query({
    name: 'task-costs-book',
    text: `INSERT INTO task_costs (at, task_id, category, model, cost_usd, input_tokens, output_tokens, cache_read_tokens,
                                   cache_write_tokens)
           SELECT $2, id, category, cost.*
             FROM tasks, unnest($3::text[], $4::numeric[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[]) AS cost
            WHERE id = $1`,
    values: [
      taskId,
      now,
      models.map(([model]) => model.replaceAll('\0', '\uFFFD')),
      models.map(([, { costUsd }]) => costUsd),
      models.map(([, { inputTokens }]) => inputTokens),
      models.map(([, { outputTokens }]) => outputTokens),
      models.map(([, { cacheReadTokens }]) => cacheReadTokens),
      models.map(([, { cacheWriteTokens }]) => cacheWriteTokens),
    ],
  });
  await tx.query({
    name: 'tasks-sum-usage',
    text: `UPDATE tasks
              SET usage = (
                SELECT jsonb_object_agg(model, jsonb_build_object('costUsd', cost, 'inputTokens', input, 'outputTokens', output,
                                                                  'cacheReadTokens', read, 'cacheWriteTokens', write))
                  FROM (SELECT model, sum(cost_usd)::float8 AS cost, sum(input_tokens) AS input, sum(output_tokens) AS output,
                               sum(cache_read_tokens) AS read, sum(cache_write_tokens) AS write
                          FROM task_costs WHERE task_id = $1 GROUP BY model) AS models)
            WHERE id = $1`,
    values: [taskId],
  });
}

async function bookedOf(
  tx: Tx,
  { conversation, resumed }: SessionFigures,
): Promise<{ costUsd: number; usage: UsageByModel }> {
  if (resumed === null || conversation === null) return { costUsd: 0, usage: {} };
  const { rows } = await tx.query<{ cost: number; usage: unknown }>({
    name: 'conversations-booked',
    text: `SELECT cost_high_water_usd::float8 AS cost, usage_high_water AS usage
             FROM conversations WHERE id = $1 AND session_id = $2`,
    values: [conversation, resumed],
  });
  return { costUsd: rows[0]?.cost ?? 0, usage: readModelUsage(rows[0]?.usage) };
}
