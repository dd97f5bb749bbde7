import { fitBudget } from './budget.ts';
import type { Candidate } from './candidate.ts';
import { decayFactor } from './decay.ts';
import type { Fused } from './fuse.ts';
import type { CandidateReport } from './report.ts';

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
 * importance, then the budget. A candidate with nothing but weak likeness is out. The same text is given once; what is only
 * alike stays, since to leave it out, or to spread the list out by maximal marginal relevance, lost on a labelled set.
 */
export function rank(scored: readonly Scored[], options: RankOptions): Ranked[] {
  const bestReranked = Math.max(0, ...scored.map(({ reranked }) => reranked ?? 0));
  const judged = scored.map((item) => {
    const decay = decayFactor(item.candidate, options.now);
    return { ...item, decay, score: relevanceOf(item) * decay };
  });
  const ordered = judged.sort((a, b) => b.score - a.score);
  const [far, near] = parted(ordered, (item) => isUnrelated(item, bestReranked, options));
  const firsts = firstsOf(near);
  const unique = near.filter(({ candidate }) => firsts.get(textOf(candidate)) === candidate.id);
  const fitted = fitBudget(
    unique.map(({ candidate }) => candidate.content),
    options,
  );
  const fits = new Map(unique.map(({ candidate: { id } }, index) => [id, fitted[index]]));
  const kept = near.map(({ candidate, decay, score }): Ranked => {
    const { id } = candidate;
    const { content, verdict } = fits.get(id) ?? {
      content: '',
      verdict: `duplicate of ${firsts.get(textOf(candidate)) ?? ''}`,
    };
    if (verdict === 'whole') return { id, content, decay, score, included: true, verdict: 'in' };
    if (verdict === 'cut')
      return { id, content, decay, score, included: true, verdict: 'in, cut to the budget' };
    return { id, content, decay, score, included: false, verdict: `out: ${verdict}` };
  });
  return [
    ...kept,
    ...far.map(({ candidate: { id }, decay, score }): Ranked => ({
      id,
      content: '',
      decay,
      score,
      included: false,
      verdict: 'out: below threshold',
    })),
  ];
}

/** By text, the first candidate that has it. */
function firstsOf(scored: readonly Scored[]): Map<string, string> {
  const firsts = new Map<string, string>();
  for (const { candidate } of scored)
    if (!firsts.has(textOf(candidate))) firsts.set(textOf(candidate), candidate.id);
  return firsts;
}

function textOf({ content }: Scored['candidate']): string {
  return content.toLowerCase().replace(/\s+/g, ' ').trim();
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
