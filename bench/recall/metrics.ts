/** Ids of memories, best first. */
export type Ranking = readonly string[];

/** How relevant a memory is to a query: 0 not, 1 somewhat, 2 it is the answer. */
export type Judgements = ReadonlyMap<string, number>;

/** The quality of rankings, each figure from 0 to 1. */
export interface Quality {
  recallAt5: number;
  recallAt10: number;
  ndcgAt10: number;
  mrrAt10: number;
}

/** The share of the relevant memories (grade above 0) that are among the first `k`. */
export function recallAt(k: number, ranking: Ranking, judgements: Judgements): number {
  const relevant = [...judgements].filter(([, grade]) => grade > 0).map(([id]) => id);
  if (relevant.length === 0)
    throw new RangeError('recall is undefined for a query without a relevant memory');
  const first = new Set(ranking.slice(0, k));
  return relevant.filter((id) => first.has(id)).length / relevant.length;
}

/**
 * Normalised discounted cumulative gain of the first `k`: grades discounted by log2(rank + 1), over the best possible.
 * The gain is the grade itself, as trec_eval and BEIR have it. Source: Järvelin and Kekäläinen 2002.
 */
export function ndcgAt(k: number, ranking: Ranking, judgements: Judgements): number {
  const ideal = [...judgements.values()].sort((a, b) => b - a);
  const best = dcg(ideal.slice(0, k));
  if (best === 0) throw new RangeError('nDCG is undefined for a query without a relevant memory');
  return dcg(ranking.slice(0, k).map((id) => judgements.get(id) ?? 0)) / best;
}

function dcg(grades: readonly number[]): number {
  return grades.reduce((sum, grade, index) => sum + grade / Math.log2(index + 2), 0);
}

/** One over the rank of the first relevant memory among the first `k`, 0 where there is none. */
export function reciprocalRankAt(k: number, ranking: Ranking, judgements: Judgements): number {
  const index = ranking.slice(0, k).findIndex((id) => (judgements.get(id) ?? 0) > 0);
  return index === -1 ? 0 : 1 / (index + 1);
}

/** The quality of one ranking. */
export function qualityOf(ranking: Ranking, judgements: Judgements): Quality {
  return {
    recallAt5: recallAt(5, ranking, judgements),
    recallAt10: recallAt(10, ranking, judgements),
    ndcgAt10: ndcgAt(10, ranking, judgements),
    mrrAt10: reciprocalRankAt(10, ranking, judgements),
  };
}

/** The mean of each figure over queries; NaN without any. */
export function meanQuality(qualities: readonly Quality[]): Quality {
  const mean = (figure: keyof Quality): number =>
    qualities.reduce((sum, quality) => sum + quality[figure], 0) / qualities.length;
  return {
    recallAt5: mean('recallAt5'),
    recallAt10: mean('recallAt10'),
    ndcgAt10: mean('ndcgAt10'),
    mrrAt10: mean('mrrAt10'),
  };
}
