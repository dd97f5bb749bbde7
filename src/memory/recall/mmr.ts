/** An item as diversity judges it. */
export interface Diverse {
  id: string;
  /** 0–1. */
  relevance: number;
  words: ReadonlySet<string>;
}

/** The end of an item: its place, or the one chosen before that it repeats. `penalty` is the share that likeness took. */
export type Diversified = { id: string; score: number; penalty: number } & (
  { duplicateOf?: undefined } | { duplicateOf: string }
);

export interface DiversityOptions {
  /** 1 looks at relevance only, 0 at novelty only. */
  lambda?: number;
  /** From this likeness on an item says nothing new and is marked as a duplicate. */
  duplicateFrom?: number;
}

/**
 * Orders by maximal marginal relevance: again and again the item with the best `λ · relevance − (1 − λ) · likeness` to what was
 * chosen before. Duplicates come last, marked, and push nothing away. Quadratic: give it the top of a list.
 * Source: Carbonell and Goldstein 1998, "The use of MMR, diversity-based reranking for reordering documents".
 */
export function diversify(
  items: readonly Diverse[],
  { lambda = 0.95, duplicateFrom = 0.95 }: DiversityOptions = {},
): Diversified[] {
  const left = items.map((item) => ({ ...item, likeness: 0, likest: undefined as string | undefined }));
  const chosen: Diversified[] = [];
  const duplicates: Diversified[] = [];
  while (left.length > 0) {
    const marginal = ({ relevance, likeness }: (typeof left)[number]): number =>
      lambda * relevance - (1 - lambda) * likeness;
    let best = 0;
    for (const [index, item] of left.entries()) {
      if (marginal(item) > marginal(left[best] as typeof item)) best = index;
    }
    const [item] = left.splice(best, 1) as [(typeof left)[number]];
    const place = { id: item.id, score: marginal(item), penalty: (1 - lambda) * item.likeness };
    if (item.likest !== undefined && item.likeness >= duplicateFrom) {
      duplicates.push({ ...place, duplicateOf: item.likest });
      continue;
    }
    chosen.push(place);
    for (const other of left) {
      const likeness = jaccard(item.words, other.words);
      if (likeness > other.likeness) {
        other.likeness = likeness;
        other.likest = item.id;
      }
    }
  }
  return [...chosen, ...duplicates];
}

/** The share of two sets of words that both have, from 0 to 1; two empty ones are equal. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 && b.size === 0) return 1;
  let common = 0;
  for (const word of a) if (b.has(word)) common += 1;
  return common / (a.size + b.size - common);
}
