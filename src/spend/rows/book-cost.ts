import {
  addedUsage,
  hasBegunAnew,
  readModelUsage,
  sinceMark,
  summedUsage,
  type UsageByModel,
  usageWithout,
  withRest,
} from '../model-usage.ts';
import { storableText } from '../../lib/store/storable.ts';
import type { Tx } from '../../lib/store/store.ts';
import { estimatedCosts, type Prices } from './estimate-cost.ts';

/** What is known of what a run cost. The CLI's figures of a session include every earlier run of that session. */
export interface SessionFigures {
  /** The conversation to which the resumed session belongs. */
  conversation: string | null;
  /** The session that the run resumed or forked, or null for a new one. */
  resumed: string | null;
  /** Undefined without a result line. */
  sessionCostUsd: number | undefined;
  /** The CLI's `modelUsage`, as it came. */
  usage: unknown;
  /** The tokens that the run was seen to use after its last result. */
  unbilled: UsageByModel;
  /** True where the CLI ended by itself or on SIGTERM; killed, its session knows nothing of what the run has cost. */
  endedItself: boolean;
  /** False where the agent tells tokens and no money: that is estimated then. Default: it tells both. */
  isCostTold?: boolean;
  /** True where its figures are those of the run alone. Default: those of its session. */
  isOfRun?: boolean;
  /** What the owner says that models cost. Default: nothing. */
  prices?: Prices;
  now: Date;
}

/** What one attempt itself cost, and what the session's figures stand at now. */
export interface AttemptCost {
  costUsd: number;
  /** What the CLI told of it, by model. */
  byModel: UsageByModel;
  /** What it did not live to tell, by model: tokens as counted, priced by what the model cost before. */
  estimated: UsageByModel;
  highWaterUsd: number;
  usageHighWater: UsageByModel;
}

/**
 * The cost of one attempt: the difference to the session's high-water mark, in US dollars, and an estimate of what came
 * after the last result. The mark is raised by the estimate too, so that the next result of the session corrects it.
 */
export async function costOfAttempt(tx: Tx, figures: SessionFigures): Promise<AttemptCost> {
  const { sessionCostUsd, unbilled, endedItself, isCostTold = true, isOfRun = false, prices } = figures;
  const booked = isOfRun ? nothingBooked : await bookedOf(tx, figures);
  const now = readModelUsage(figures.usage);
  if (!isCostTold) return costOfTokens(tx, figures, { booked, now });
  const toldUsd = sessionCostUsd === undefined ? 0 : addedCost(sessionCostUsd, now, booked);
  const estimated = await estimatedCosts(tx, unbilled, { now: figures.now, prices });
  const estimatedUsd = Object.values(estimated).reduce((sum, { costUsd }) => sum + costUsd, 0);
  const told = { costUsd: sessionCostUsd ?? booked.costUsd, usage: { ...booked.usage, ...now } };
  return {
    costUsd: toldUsd + estimatedUsd,
    byModel: withRest(addedUsage(now, booked.usage), toldUsd),
    estimated,
    highWaterUsd: endedItself ? told.costUsd + estimatedUsd : booked.costUsd,
    usageHighWater: endedItself ? summedUsage([told.usage, estimated]) : booked.usage,
  };
}

/**
 * An agent that tells tokens alone: all of its money is an estimate. What it did not live to tell is a guess, which stands
 * apart in the mark: the sums of its session may hold the same tokens later, and are charged less by so much then.
 */
async function costOfTokens(
  tx: Tx,
  { unbilled, now: at, prices }: SessionFigures,
  { booked, now }: { booked: Booked; now: UsageByModel },
): Promise<AttemptCost> {
  const { told, guessed } = partsOf(booked.usage);
  const hasTold = Object.keys(now).length > 0;
  const added = hasTold ? usageWithout(addedUsage(now, told), guessed) : {};
  const estimated = await estimatedCosts(tx, summedUsage([added, unbilled]), { now: at, prices });
  const costUsd = Object.values(estimated).reduce((sum, model) => sum + model.costUsd, 0);
  const openGuess = summedUsage([hasTold ? {} : guessed, unbilled]);
  return {
    ...{ costUsd, byModel: {}, estimated },
    highWaterUsd: booked.costUsd + costUsd,
    usageHighWater: { ...told, ...now, ...asGuess(openGuess) },
  };
}

/** By which the guesses of a mark are known; no model is called so. */
const guessPrefix = 'guess: ';

function asGuess(usage: UsageByModel): UsageByModel {
  return Object.fromEntries(Object.entries(usage).map(([model, figures]) => [guessPrefix + model, figures]));
}

function partsOf(usage: UsageByModel): { told: UsageByModel; guessed: UsageByModel } {
  const entries = Object.entries(usage);
  const isGuess = ([model]: (typeof entries)[number]) => model.startsWith(guessPrefix);
  return {
    told: Object.fromEntries(entries.filter((entry) => !isGuess(entry))),
    guessed: Object.fromEntries(
      entries.filter(isGuess).map(([model, figures]) => [model.slice(guessPrefix.length), figures]),
    ),
  };
}

const nothingBooked: Booked = { costUsd: 0, usage: {} };

/** The mark may hold an estimate that was too high: only fewer tokens than before say that the session began anew. */
function addedCost(costUsd: number, usage: UsageByModel, booked: Booked): number {
  if (Object.keys(usage).length === 0) return sinceMark(costUsd, booked.costUsd);
  return hasBegunAnew(usage, booked.usage) ? costUsd : Math.max(0, costUsd - booked.costUsd);
}

/** Books an attempt's cost, a row a model, estimates apart, and brings the sums in the task's own row up to date. */
export async function bookCost(tx: Tx, taskId: number, cost: AttemptCost, now: Date): Promise<void> {
  const models = [
    ...Object.entries(cost.byModel).map(([model, usage]) => [model, usage, false] as const),
    ...Object.entries(cost.estimated).map(([model, usage]) => [model, usage, true] as const),
  ];
  if (models.length === 0) return;
  await tx.query({
    name: 'task-costs-book',
    text: `INSERT INTO task_costs (at, task_id, category, model, cost_usd, input_tokens, output_tokens, cache_read_tokens,
                                   cache_write_tokens, estimated)
           SELECT $2, id, category, cost.*
             FROM tasks, unnest($3::text[], $4::numeric[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
                         $9::bool[]) AS cost
            WHERE id = $1`,
    values: [
      taskId,
      now,
      models.map(([model]) => storableText(model)),
      models.map(([, { costUsd }]) => costUsd),
      models.map(([, { inputTokens }]) => inputTokens),
      models.map(([, { outputTokens }]) => outputTokens),
      models.map(([, { cacheReadTokens }]) => cacheReadTokens),
      models.map(([, { cacheWriteTokens }]) => cacheWriteTokens),
      models.map(([, , isEstimate]) => isEstimate),
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

interface Booked {
  costUsd: number;
  usage: UsageByModel;
}

async function bookedOf(tx: Tx, { conversation, resumed }: SessionFigures): Promise<Booked> {
  if (resumed === null || conversation === null) return { costUsd: 0, usage: {} };
  const { rows } = await tx.query<{ cost: number; usage: unknown }>({
    name: 'conversations-booked',
    text: `SELECT cost_high_water_usd::float8 AS cost, usage_high_water AS usage
             FROM conversations WHERE id = $1 AND session_id = $2`,
    values: [conversation, resumed],
  });
  return { costUsd: rows[0]?.cost ?? 0, usage: readModelUsage(rows[0]?.usage) };
}
