import type { HitList } from './candidate.ts';

/** A candidate after fusion, and where each list had it. */
export interface Fused {
  id: string;
  score: number;
  /** By retriever: the rank, from 1, the retriever's own score, and what it added to the fused one. */
  found: ReadonlyMap<string, FoundBy>;
}

/** The place of a candidate in one list. */
export interface FoundBy {
  rank: number;
  score: number;
  added: number;
}

/**
 * Merges lists by the sum of their scores, best first: a list adds `weight × share` to each of its hits. Unlike ranks, scores
 * keep how much better one hit is than the next, so that a weak list with little weight cannot turn a strong one around.
 * Hits with the same score share the better rank. Ties go to the better best rank, then to the order of appearance.
 * Source: Bruch, Gai, Ingber 2023, "An analysis of fusion functions for hybrid retrieval", https://arxiv.org/abs/2210.11934.
 */
export function fuse(lists: readonly HitList[]): Fused[] {
  const fused = new Map<string, { id: string; score: number; found: Map<string, FoundBy> }>();
  for (const { retriever, weight, hits } of lists) {
    const best = Math.max(...hits.map(({ score }) => score));
    let rank = 1;
    for (const [index, { id, score, share }] of hits.entries()) {
      if (score !== hits[index - 1]?.score) rank = index + 1;
      const entry = fused.get(id) ?? { id, score: 0, found: new Map() };
      if (entry.found.has(retriever)) continue;
      const added = weight * (share ?? (best > 0 ? score / best : 0));
      entry.score += added;
      entry.found.set(retriever, { rank, score, added });
      fused.set(id, entry);
    }
  }
  return [...fused.values()].sort((a, b) => b.score - a.score || bestRank(a) - bestRank(b));
}

function bestRank({ found }: Fused): number {
  return Math.min(...[...found.values()].map(({ rank }) => rank));
}
