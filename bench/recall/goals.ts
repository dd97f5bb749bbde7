import type { Latency } from './latency.ts';
import type { QualityReport } from './quality.ts';

/** What the bench holds its figures against. */
export interface Goal {
  what: string;
  measured: number;
  /** `>` where it must be beaten, `<=` where it must not be passed. */
  sense: '>' | '<=';
  wanted: number;
  met: boolean;
}

const parts = ['full text, ts_rank', 'full text, BM25', 'vectors'] as const;
const loopDelayGoalMs = 20;

/** Fusion has to beat each of its parts on nDCG@10, reranking has to beat fusion. */
export function qualityGoals(name: string, { overall }: QualityReport): Goal[] {
  const fused = overall.fused.ndcgAt10;
  const reranked = overall['fused + reranked'].ndcgAt10;
  const goals = parts.map((part) =>
    goal(`${name}: nDCG@10 of fused above ${part}`, fused, '>', overall[part].ndcgAt10),
  );
  return Number.isNaN(reranked)
    ? goals
    : [...goals, goal(`${name}: nDCG@10 of fused + reranked above fused`, reranked, '>', fused)];
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
  return { what, measured, sense, wanted, met: sense === '>' ? measured > wanted : measured <= wanted };
}
