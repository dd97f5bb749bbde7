import { fitBudget } from './budget.ts';
import type { Candidate } from './candidate.ts';
import { decayFactor } from './decay.ts';
import type { Fused } from './fuse.ts';
import { diversify } from './mmr.ts';
import type { CandidateReport } from './report.ts';
import { wordsOf } from '../embed/lexical-embedder.ts';

/** A fused candidate with its text, and the reranker's score if it was asked. */
export interface Scored {
  candidate: Candidate;
  fused: Fused;
  reranked?: number;
}

export interface RankOptions {
  limit: number;
  budgetTokens: number;
  /** A cosine below which a memory that nothing but vectors found is unrelated. */
  minSimilarity: number;
  now: Date;
}

/** The fate of one candidate, without the way it was found. */
export type Ranked = Pick<CandidateReport, 'decay' | 'likeness' | 'score' | 'included' | 'verdict'> & {
  id: string;
  /** As much of it as the budget allows; empty where it is out. */
  content: string;
};

/** Reciprocal ranks lie close together; this spreads them, so that age and likeness move a candidate by a few places at most. */
const fusedSpread = 6;
/** The reranker's verdict on what has nothing to do with the question, given that something else has. */
const minReranked = 0.01;
const minShareOfBest = 0.02;

/**
 * Puts the candidates into their final order and decides which are in: relevance (the reranker's before the fused
 * order), times age and importance, then diversity, then the budget. A candidate with nothing but weak likeness is out.
 */
export function rank(scored: readonly Scored[], options: RankOptions): Ranked[] {
  const bestReranked = Math.max(0, ...scored.map(({ reranked }) => reranked ?? 0));
  const bestFused = Math.max(...scored.map(({ fused }) => fused.score));
  const near: (Scored & { decay: number; relevance: number })[] = [];
  const far: Ranked[] = [];
  for (const item of scored) {
    const relevance = relevanceOf(item, bestFused);
    if (isUnrelated(item, bestReranked, options))
      far.push(out(item.candidate.id, relevance, 'below threshold'));
    else near.push({ ...item, relevance, decay: decayFactor(item.candidate, options.now) });
  }
  const byId = new Map(near.map((item) => [item.candidate.id, item]));
  const ordered = diversify(
    near.map(({ candidate, relevance, decay }) => ({
      id: candidate.id,
      relevance: relevance * decay,
      words: new Set(wordsOf(candidate.content)),
    })),
  );
  const unique = ordered.filter(({ duplicateOf }) => duplicateOf === undefined);
  const contentOf = (id: string): string => byId.get(id)?.candidate.content ?? '';
  const fitted = fitBudget(
    unique.map(({ id }) => contentOf(id)),
    options,
  );
  const kept = unique.map(({ id, score, penalty }, index): Ranked => {
    const { content, verdict } = fitted[index] as (typeof fitted)[number];
    const included = verdict === 'whole' || verdict === 'cut';
    const words = { whole: 'in', cut: 'in, cut to the budget' } as const;
    return {
      id,
      content,
      decay: byId.get(id)?.decay ?? null,
      likeness: penalty,
      score,
      included,
      verdict: verdict === 'whole' || verdict === 'cut' ? words[verdict] : `out: ${verdict}`,
    };
  });
  const repeated = ordered.flatMap(({ id, score, penalty, duplicateOf }) =>
    duplicateOf === undefined
      ? []
      : [
          {
            ...out(id, score, `duplicate of ${duplicateOf}`),
            decay: byId.get(id)?.decay ?? null,
            likeness: penalty,
          },
        ],
  );
  return [...kept, ...repeated, ...far];
}

function out(id: string, score: number, why: string): Ranked {
  return { id, content: '', decay: null, likeness: null, score, included: false, verdict: `out: ${why}` };
}

/** A reranked candidate comes before any other. */
function relevanceOf({ fused, reranked }: Scored, bestFused: number): number {
  const spread = (fused.score / bestFused) ** fusedSpread;
  return reranked === undefined ? spread : 1 + reranked;
}

function isUnrelated(
  { fused, reranked }: Scored,
  bestReranked: number,
  { minSimilarity }: RankOptions,
): boolean {
  if (reranked !== undefined && reranked < minReranked && reranked < minShareOfBest * bestReranked)
    return true;
  const [only, ...others] = [...fused.found];
  return only !== undefined && others.length === 0 && only[0] === 'vectors' && only[1].score < minSimilarity;
}
