import type { HitList } from './candidate.ts';

/** A candidate after fusion, and where each list had it. */
export interface Fused {
  id: string;
  score: number;
  /** By retriever: the rank, from 1, and the retriever's own score. */
  found: ReadonlyMap<string, { rank: number; score: number }>;
}

/** The constant of the paper. */
export const rrfK = 60;

/**
 * Merges ranked lists by weighted reciprocal rank fusion, best first: a list gives `weight / (k + rank)` to each of its hits.
 * Hits with the same score share the better rank. Ties go to the better best rank, then to the order of appearance.
 * Source: Cormack, Clarke, Büttcher 2009, "Reciprocal rank fusion outperforms Condorcet and individual rank learning methods".
 */
export function fuse(lists: readonly HitList[], k = rrfK): Fused[] {
  const fused = new Map<
    string,
    { id: string; score: number; found: Map<string, { rank: number; score: number }> }
  >();
  for (const { retriever, weight, hits } of lists) {
    let rank = 1;
    for (const [index, { id, score }] of hits.entries()) {
      if (score !== hits[index - 1]?.score) rank = index + 1;
      const entry = fused.get(id) ?? { id, score: 0, found: new Map() };
      if (entry.found.has(retriever)) continue;
      entry.score += weight / (k + rank);
      entry.found.set(retriever, { rank, score });
      fused.set(id, entry);
    }
  }
  return [...fused.values()].sort((a, b) => b.score - a.score || bestRank(a) - bestRank(b));
}

function bestRank({ found }: Fused): number {
  return Math.min(...[...found.values()].map(({ rank }) => rank));
}
