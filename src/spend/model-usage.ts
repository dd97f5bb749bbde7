import { ownValue } from '../lib/own-value.ts';

/** What one model did, and what that cost by the CLI's own estimate. */
export interface ModelUsage {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  costUsd: number;
}

/** `ModelUsage` by the name of the model. */
export type UsageByModel = Readonly<Record<string, ModelUsage>>;

/** The name under which costs are booked that belong to no known model. */
export const unknownModel = 'unknown';

const maxModels = 32;
const maxNameChars = 100;
/** Below a millionth of a dollar a difference is rounding. */
const epsilonUsd = 1e-6;
/** Far above what any run costs or uses; the columns are numeric(12,6) and bigint, and hold sums of them. */
const maxUsd = 50_000;
const maxTokens = 1e12;

/** Reads the CLI's `modelUsage`; anything that is none, such as the plain `usage`, gives an empty record. */
export function readModelUsage(value: unknown): UsageByModel {
  const entries = Object.entries(asRecord(value)).slice(0, maxModels);
  return Object.fromEntries(
    entries.flatMap(([model, figures]) => {
      const usage = usageOf(asRecord(figures));
      return usage === undefined ? [] : [[model.slice(0, maxNameChars), usage]];
    }),
  );
}

/**
 * What has been added since `before`. Tokens that accumulate never shrink: a model with fewer of any kind began anew,
 * and all of it is added. The cost may shrink, since what was booked can hold estimates; then nothing is added.
 */
export function addedUsage(now: UsageByModel, before: UsageByModel): UsageByModel {
  return Object.fromEntries(
    Object.entries(now).map(([model, figures]) => {
      const known = ownValue(before, model) ?? noUsage;
      if (beganAnew(figures, known)) return [model, figures];
      const added: ModelUsage = { ...figures };
      for (const key of keys) added[key] = Math.max(0, figures[key] - known[key]);
      return [model, added];
    }),
  );
}

/** What is left of `usage` without `other`, and never less than nothing. */
export function usageWithout(usage: UsageByModel, other: UsageByModel): UsageByModel {
  return Object.fromEntries(
    Object.entries(usage).map(([model, figures]) => {
      const less = ownValue(other, model) ?? noUsage;
      const left: ModelUsage = { ...figures };
      for (const key of keys) left[key] = Math.max(0, figures[key] - less[key]);
      return [model, left];
    }),
  );
}

/** True where a figure that accumulates is smaller than before: the CLI has lost count and begun again. */
export function hasBegunAnew(now: UsageByModel, before: UsageByModel): boolean {
  return Object.entries(now).some(([model, figures]) =>
    beganAnew(figures, ownValue(before, model) ?? noUsage),
  );
}

/** `now - before`, or `now` where it is the smaller one: such a figure began anew. */
export function sinceMark(now: number, before: number): number {
  return now < before ? now : now - before;
}

/** The sums of several records, model by model. */
export function summedUsage(parts: readonly UsageByModel[]): UsageByModel {
  const sums = new Map<string, ModelUsage>();
  for (const [model, usage] of parts.flatMap((part) => Object.entries(part))) {
    const sum = { ...(sums.get(model) ?? noUsage) };
    for (const key of keys) sum[key] += usage[key];
    sums.set(model, sum);
  }
  return Object.fromEntries(sums);
}

/** The models that were used, and what of `totalCostUsd` none of them accounts for under `unknownModel`. */
export function withRest(usage: UsageByModel, totalCostUsd: number): UsageByModel {
  const used = Object.fromEntries(
    Object.entries(usage).filter(([, figures]) => keys.some((key) => figures[key] > 0)),
  );
  const known = Object.values(used).reduce((sum, { costUsd }) => sum + costUsd, 0);
  const rest = totalCostUsd - known;
  if (rest < epsilonUsd) return used;
  const unknown = used[unknownModel] ?? noUsage;
  return { ...used, [unknownModel]: { ...unknown, costUsd: unknown.costUsd + rest } };
}

/** An amount of US dollars that its column can hold, together with those of many other runs. */
export function storableUsd(usd: number): number {
  return Math.min(maxUsd, Math.max(0, usd));
}

/** Nothing used. */
export const noUsage: ModelUsage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd: 0,
};
const keys = Object.keys(noUsage) as readonly (keyof ModelUsage)[];

function beganAnew(now: ModelUsage, before: ModelUsage): boolean {
  return keys.some((key) => key !== 'costUsd' && now[key] < before[key]);
}

function usageOf(figures: Readonly<Record<string, unknown>>): ModelUsage | undefined {
  if (typeof figures['inputTokens'] !== 'number') return undefined;
  return {
    inputTokens: whole(figures['inputTokens']),
    outputTokens: whole(figures['outputTokens']),
    cacheReadTokens: whole(figures['cacheReadInputTokens'] ?? figures['cacheReadTokens']),
    cacheWriteTokens: whole(figures['cacheCreationInputTokens'] ?? figures['cacheWriteTokens']),
    costUsd: storableUsd(amount(figures['costUSD'] ?? figures['costUsd'])),
  };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function whole(value: unknown): number {
  return Math.min(maxTokens, Math.round(amount(value)));
}

function amount(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
