/** Likeness from which on a text says nothing new. */
const repeatsFrom = 0.95;

/**
 * The texts that repeat a better one, by id, with the id of that one. Texts are given as the sets of their words, best first.
 * Quadratic: give it the top of a list. What is only alike stays where it is: to spread a list out (maximal marginal
 * relevance) lost on two of three labelled sets.
 */
export function repeats(texts: readonly { id: string; words: ReadonlySet<string> }[]): Map<string, string> {
  const repeated = new Map<string, string>();
  for (const [index, { id, words }] of texts.entries()) {
    const better = texts
      .slice(0, index)
      .find((other) => !repeated.has(other.id) && jaccard(words, other.words) >= repeatsFrom);
    if (better !== undefined) repeated.set(id, better.id);
  }
  return repeated;
}

/** The share of two sets of words that both have, from 0 to 1; two empty ones are equal. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 && b.size === 0) return 1;
  let common = 0;
  for (const word of a) if (b.has(word)) common += 1;
  return common / (a.size + b.size - common);
}
