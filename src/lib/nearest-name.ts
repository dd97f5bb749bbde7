import { closest } from 'fastest-levenshtein';

/** The known name that is spelt most like `name`, whatever its case. Expects at least one known name. */
export function nearestName(name: string, known: readonly string[]): string {
  const byLowerCase = new Map(known.map((one) => [one.toLowerCase(), one]));
  const nearest = closest(name.toLowerCase(), [...byLowerCase.keys()]);
  return byLowerCase.get(nearest) ?? nearest;
}
