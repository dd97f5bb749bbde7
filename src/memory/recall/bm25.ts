/** The words of a question as the database weighs them, by their places in each list. */
export interface WeighedTerms {
  lexemes: readonly string[];
  weights: readonly number[];
  are_codes: readonly boolean[];
  /** Different lexemes of a memory on average. */
  mean_length: number;
  /** Words of the question that some memory has. */
  known: number;
}

/** A memory and its lexemes, in the text form of a tsvector. */
export interface Matching {
  id: number;
  search: string;
}

export interface Scored {
  id: number;
  score: number;
  /** The words of the question that it has, the rarest first. */
  words: string[];
  /** The part of the question's weight that its codes have, from 0 to 1. */
  codes: number;
}

/** A lexeme, in which quotes and backslashes are doubled, and its positions. */
const entry = /'((?:[^'\\]|''|\\\\)*)'(?::([0-9A-D,]+))?/g;
const saturation = 1.2;
const lengthShare = 0.75;

/**
 * Scores memories by BM25, best first, of equal ones the newest; those without a word of the question are left out. It is done here
 * since to unnest the lexemes of 200 memories took the embedded database longer than to find them. The length of a memory is
 * the number of its different lexemes. Formula: see `searchFullText`.
 */
export function scoreByBm25(matching: readonly Matching[], terms: WeighedTerms): Scored[] {
  const asked = {
    ...terms,
    places: new Map(terms.lexemes.map((lexeme, place) => [lexeme, place])),
    whole: sumOf(terms.weights),
  };
  return matching
    .map(({ id, search }) => ({ id, ...scoreOf(search, asked) }))
    .filter(({ words }) => words.length > 0)
    .sort((one, other) => other.score - one.score || other.id - one.id);
}

/** The score of a memory that says nothing but the words of the question, each of them without end. */
export function bestScore({ weights }: Pick<WeighedTerms, 'weights'>): number {
  return (saturation + 1) * sumOf(weights);
}

function scoreOf(
  search: string,
  {
    places,
    whole,
    weights,
    are_codes: areCodes,
    mean_length: meanLength,
  }: WeighedTerms & { places: ReadonlyMap<string, number>; whole: number },
): Omit<Scored, 'id'> {
  const found: { word: string; weight: number; times: number }[] = [];
  let length = 0;
  let codes = 0;
  for (const [, quoted = '', positions] of search.matchAll(entry)) {
    length += 1;
    const word = quoted.replace(/''|\\\\/g, (pair) => pair.charAt(0));
    const place = places.get(word);
    if (place === undefined) continue;
    const weight = weights[place] ?? 0;
    if (areCodes[place] === true) codes += weight;
    found.push({ word, weight, times: timesOf(positions) });
  }
  const bend = saturation * (1 - lengthShare + (lengthShare * length) / meanLength);
  return {
    score: found.reduce(
      (sum, { weight, times }) => sum + (weight * times * (saturation + 1)) / (times + bend),
      0,
    ),
    words: found.sort((one, other) => other.weight - one.weight).map(({ word }) => word),
    codes: codes / whole,
  };
}

function sumOf(figures: readonly number[]): number {
  return figures.reduce((sum, figure) => sum + figure, 0);
}

/** A lexeme without positions, such as a code, counts once. */
function timesOf(positions: string | undefined): number {
  let times = 1;
  for (let at = positions?.indexOf(',') ?? -1; at >= 0; at = positions?.indexOf(',', at + 1) ?? -1)
    times += 1;
  return times;
}
