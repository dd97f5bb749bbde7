import { ownValue } from '../../lib/own-value.ts';
import type { ModelUsage, UsageByModel } from '../model-usage.ts';
import type { Store } from '../../lib/store/store.ts';
import { DAY } from '../../lib/time.ts';

/**
 * How prices of tokens relate to that of an input token. Anthropic's list prices keep 5 for output, 1.25 for what is put
 * into the cache and a tenth or less for what comes from it (https://docs.claude.com/en/docs/about-claude/pricing).
 */
const weights = { inputTokens: 1, outputTokens: 5, cacheReadTokens: 0.1, cacheWriteTokens: 1.25 };
/** US dollars a million input tokens where nothing is known of a model: at the dear end, since caps rely on it. */
const unknownUsdPerMillion = 5;
const learnDays = 62;

/** US dollars a million tokens; what is left out of the cache's two costs as much as input. */
export interface Price {
  input: number;
  output: number;
  cacheRead?: number | undefined;
  cacheWrite?: number | undefined;
}

/** Prices by the name of the model; `*` stands for every other one. */
export type Prices = Readonly<Record<string, Price>>;

export interface EstimateOptions {
  now: Date;
  /** What the owner says that models cost. Default: nothing. */
  prices?: Prices | undefined;
}

/**
 * What tokens may have cost: by the owner's prices, else by what the same models cost in the last two months. Models without
 * tokens are left out.
 */
export async function estimatedCosts(
  tx: Pick<Store, 'query'>,
  usage: UsageByModel,
  { now, prices: told = {} }: EstimateOptions,
): Promise<UsageByModel> {
  const used = Object.entries(usage).filter(([, figures]) => weighed(figures) > 0);
  if (used.length === 0) return {};
  const prices = await learntPrices(
    tx,
    used.map(([model]) => model),
    now,
  );
  return Object.fromEntries(
    used.map(([model, figures]) => [
      model,
      { ...figures, costUsd: estimatedUsd(model, figures, told, prices.get(model)) },
    ]),
  );
}

/** What running agents may have cost by now, in US dollars: as `estimatedCosts`, without what was learnt of earlier runs. */
export function estimateOf(usage: UsageByModel, prices: Prices): number {
  return Object.entries(usage).reduce(
    (sum, [model, figures]) => sum + estimatedUsd(model, figures, prices, undefined),
    0,
  );
}

/** The first that there is: the CLI's own word, the owner's price, what was learnt (US dollars an input token), the dear end. */
function estimatedUsd(model: string, figures: ModelUsage, told: Prices, learnt: number | undefined): number {
  if (figures.costUsd > 0) return figures.costUsd;
  const price = ownValue(told, model) ?? (learnt === undefined ? ownValue(told, '*') : undefined);
  if (price !== undefined) return pricedUsd(figures, price);
  return weighed(figures) * (learnt ?? unknownUsdPerMillion / 1e6);
}

function pricedUsd(
  figures: ModelUsage,
  { input, output, cacheRead = input, cacheWrite = input }: Price,
): number {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = figures;
  const micro =
    inputTokens * input + outputTokens * output + cacheReadTokens * cacheRead + cacheWriteTokens * cacheWrite;
  return micro / 1e6;
}

/** US dollars an input token, by model, from bookings whose cost the CLI told. */
async function learntPrices(
  tx: Pick<Store, 'query'>,
  models: readonly string[],
  now: Date,
): Promise<Map<string, number>> {
  const { rows } = await tx.query<{ model: string; price: number }>({
    name: 'task-costs-learn-prices',
    text: `SELECT model, price FROM (
             SELECT model, sum(cost_usd)::float8 / nullif(sum(input_tokens * ${weights.inputTokens} + output_tokens * ${weights.outputTokens}
                    + cache_read_tokens * ${weights.cacheReadTokens} + cache_write_tokens * ${weights.cacheWriteTokens})::float8, 0) AS price
               FROM task_costs WHERE NOT estimated AND model = ANY ($1::text[]) AND at > $2 GROUP BY model) AS prices
            WHERE price > 0`,
    values: [models, new Date(now.getTime() - learnDays * DAY)],
  });
  return new Map(rows.map(({ model, price }) => [model, price]));
}

function weighed(figures: ModelUsage): number {
  const kinds = Object.keys(weights) as (keyof typeof weights)[];
  return kinds.reduce((sum, kind) => sum + figures[kind] * weights[kind], 0);
}
