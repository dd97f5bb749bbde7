import { seededRandom } from './random.ts';

/** The mean of paired differences, with the interval that holds it with 95 % certainty. */
export interface Difference {
  mean: number;
  low: number;
  high: number;
}

const resamples = 2_000;
const seed = 7;

/**
 * The mean difference of two lists of figures of the same queries, with its percentile bootstrap interval over queries.
 * Source: Efron and Tibshirani 1993, "An introduction to the bootstrap", chapter 13.
 */
export function difference(figures: readonly number[], others: readonly number[]): Difference {
  const differences = figures.map((figure, index) => figure - (others[index] ?? NaN));
  const random = seededRandom(seed);
  const means = Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let drawn = 0; drawn < differences.length; drawn += 1)
      sum += differences[Math.floor(random() * differences.length)] ?? 0;
    return sum / differences.length;
  }).sort((a, b) => a - b);
  const at = (share: number): number => means[Math.round(share * (resamples - 1))] ?? NaN;
  return { mean: mean(differences), low: at(0.025), high: at(0.975) };
}

/** The mean; NaN of nothing. */
export function mean(figures: readonly number[]): number {
  return figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
}
