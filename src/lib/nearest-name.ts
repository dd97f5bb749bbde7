import { closest, distance } from 'fastest-levenshtein';

/** The known name that is spelt most like `name`, whatever its case. Expects at least one known name. */
export function nearestName(name: string, known: readonly string[]): string {
  const byLowerCase = new Map(known.map((one) => [one.toLowerCase(), one]));
  const nearest = closest(name.toLowerCase(), [...byLowerCase.keys()]);
  return byLowerCase.get(nearest) ?? nearest;
}

/** `: did you mean port?` where a known name is near enough to be meant: two letters or a third of them differ at most; else nothing. */
export function meant(name: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const begun = known.find((one) => name.length > 2 && one.toLowerCase().startsWith(name.toLowerCase()));
  const nearest = begun ?? nearestName(name, known);
  const off = distance(name.toLowerCase(), nearest.toLowerCase());
  const isPart = name.length > 2 && nearest.toLowerCase().includes(name.toLowerCase());
  return isPart || off <= Math.max(2, nearest.length / 3) ? `: did you mean ${nearest}?` : '';
}
