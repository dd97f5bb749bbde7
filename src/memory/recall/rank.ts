import { fitBudget } from './budget.ts';
import type { Candidate } from './candidate.ts';
import { decayFactor } from './decay.ts';
import type { Fused } from './fuse.ts';
import { repeats } from './repeats.ts';
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
  unrelatedBelow: number;
  now: Date;
}

/** The fate of one candidate, without the way it was found. */
export type Ranked = Pick<CandidateReport, 'decay' | 'score' | 'included' | 'verdict'> & {
  id: string;
  /** As much of it as the budget allows; empty where it is out. */
  content: string;
};

/**
 * The most that the reranker adds, beside 1 for all words of a question: a voice among others, since alone it ruins questions
 * about dates.
 */
const rerankWeight = 0.1;
/** The reranker's verdict on what has nothing to do with the question, given that something else has. */
const minReranked = 0.01;
const minShareOfBest = 0.02;

/**
 * Puts the candidates into their final order and decides which are in: the fused score and the reranker's, times age and
 * importance, then the budget. What only repeats a better one is out, and so is a candidate with nothing but weak likeness.
 */
export function rank(scored: readonly Scored[], options: RankOptions): Ranked[] {
  const bestReranked = Math.max(0, ...scored.map(({ reranked }) => reranked ?? 0));
  const judged = scored.map((item) => {
    const decay = decayFactor(item.candidate, options.now);
    return { ...item, decay, score: relevanceOf(item) * decay };
  });
  const ordered = judged.sort((a, b) => b.score - a.score);
  const [far, near] = parted(ordered, (item) => isUnrelated(item, bestReranked, options));
  const repeated = repeats(
    near.map(({ candidate: { id, content } }) => ({ id, words: new Set(wordsOf(content)) })),
  );
  const [again, unique] = parted(near, ({ candidate }) => repeated.has(candidate.id));
  const fitted = fitBudget(
    unique.map(({ candidate }) => candidate.content),
    options,
  );
  const kept = unique.map(({ candidate: { id }, decay, score }, index): Ranked => {
    const { content, verdict } = fitted[index] as (typeof fitted)[number];
    const included = verdict === 'whole' || verdict === 'cut';
    const words = { whole: 'in', cut: 'in, cut to the budget' } as const;
    return {
      id,
      content,
      decay,
      score,
      included,
      verdict: verdict === 'whole' || verdict === 'cut' ? words[verdict] : `out: ${verdict}`,
    };
  });
  const out = ({ candidate: { id }, decay, score }: (typeof ordered)[number], why: string): Ranked => {
    return { id, content: '', decay, score, included: false, verdict: `out: ${why}` };
  };
  return [
    ...kept,
    ...again.map((item) => out(item, `duplicate of ${repeated.get(item.candidate.id) ?? ''}`)),
    ...far.map((item) => out(item, 'below threshold')),
  ];
}

function parted<T>(items: readonly T[], isOut: (item: T) => boolean): [out: T[], rest: T[]] {
  return [items.filter(isOut), items.filter((item) => !isOut(item))];
}

function relevanceOf({ fused, reranked }: Scored): number {
  return fused.score + rerankWeight * (reranked ?? 0);
}

/** The words of the question are never overruled: only what they did not find may have nothing to do with it. */
function isUnrelated(
  { fused, reranked }: Scored,
  bestReranked: number,
  { unrelatedBelow }: RankOptions,
): boolean {
  const [only, ...others] = [...fused.found];
  if (only === undefined || others.length > 0 || only[0] !== 'vectors') return false;
  if (only[1].score < unrelatedBelow) return true;
  return reranked !== undefined && reranked < minReranked && reranked < minShareOfBest * bestReranked;
}
