/** The value below which `fraction` of the samples lie (nearest rank); NaN without samples. */
export function percentile(samples: readonly number[], fraction: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * fraction) - 1)] ?? Number.NaN;
}

/** The middle sample (the lower of two); NaN without samples. */
export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5);
}
