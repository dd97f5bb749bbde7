import type { Latency } from './latency.ts';
import type { QualityReport } from './quality.ts';

/** What the bench holds its figures against. */
export interface Goal {
  what: string;
  measured: number;
  /** `>=` where it must be reached, `<=` where it must not be passed. */
  sense: '>=' | '<=';
  wanted: number;
  met: boolean;
}

const parts = ['full text, ts_rank', 'full text, BM25', 'vectors'] as const;
/** What fusion is to bring beyond the best of its parts, where there is an encoder. */
const wantedGain = 0.01;
const loopDelayGoalMs = 20;

/** What one encoder has to reach on a set without a reranker, beside what holds for all. */
const namedGoals: readonly { encoder: RegExp; set: string; wanted: number }[] = [
  { encoder: /\/all-MiniLM-L6-v2@/, set: 'owner', wanted: 0.91 },
  { encoder: /\/all-MiniLM-L6-v2@/, set: 'cisi', wanted: 0.43 },
  { encoder: /\/all-MiniLM-L6-v2@/, set: 'cacm', wanted: 0.53 },
];
/** Ties that fall otherwise. */
const noLoss = 0.001;

/** A set that was measured with an encoder. */
export interface MeasuredSet {
  name: string;
  embedder: string;
  reranker: string | null;
  /** No model serves. */
  isLexical: boolean;
}

/**
 * The whole recall has to beat the best single part by 0.01, as far as there is room, or BM25 where no model serves; and what
 * follows the fusion may lose nothing.
 */
export function qualityGoals(
  { name, embedder, reranker, isLexical }: MeasuredSet,
  { overall }: Pick<QualityReport, 'overall'>,
): Goal[] {
  const whole = overall['whole recall'].ndcgAt10;
  const best = Math.max(...parts.map((part) => overall[part].ndcgAt10));
  const what = `${embedder}, ${name}: nDCG@10 of the whole recall`;
  return [
    isLexical
      ? goal(`${what}, at least BM25`, whole, '>=', overall['full text, BM25'].ndcgAt10)
      : goal(`${what}, 0.01 above its best part`, whole, '>=', Math.min(best + wantedGain, 1)),
    goal(`${what}, no less than what was fused`, whole, '>=', overall.fused.ndcgAt10 - noLoss),
    ...namedGoals
      .filter(({ encoder, set }) => reranker === null && encoder.test(embedder) && set === name)
      .map(({ wanted }) => goal(what, whole, '>=', wanted)),
  ];
}

/** The 95th percentiles that the issue names, and a loop that stays free. */
export function latencyGoals(latency: Latency): Goal[] {
  const { database, memories, p95Ms, loopDelayP99Ms } = latency;
  const where = `${database}, ${memories.toLocaleString('en')} memories`;
  const wanted = database === 'server' || memories <= 10_000 ? 50 : 150;
  return [
    goal(`${where}: p95 in ms`, p95Ms, '<=', wanted),
    goal(`${where}: loop delay p99 in ms`, loopDelayP99Ms, '<=', loopDelayGoalMs),
  ];
}

function goal(what: string, measured: number, sense: Goal['sense'], wanted: number): Goal {
  return { what, measured, sense, wanted, met: sense === '>=' ? measured >= wanted : measured <= wanted };
}
