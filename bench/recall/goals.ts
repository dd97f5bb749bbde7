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

/** The whole recall has to beat the best single part by 0.01, or BM25 where no model serves; reranking may not lose. */
export function qualityGoals(name: string, isLexical: boolean, { overall }: QualityReport): Goal[] {
  const whole = overall['whole recall'].ndcgAt10;
  const best = Math.max(...parts.map((part) => overall[part].ndcgAt10));
  const what = `${name}: nDCG@10 of the whole recall`;
  return isLexical
    ? [goal(`${what}, at least BM25`, whole, '>=', overall['full text, BM25'].ndcgAt10)]
    : [goal(`${what}, 0.01 above its best part`, whole, '>=', best + wantedGain)];
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
