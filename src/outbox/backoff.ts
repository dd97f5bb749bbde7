/** How long to wait after so many failures in a row. */
export interface Backoff {
  minMs: number;
  maxMs: number;
  factor: number;
  /** Share of the wait by which it may be shorter or longer, so that not everybody comes back at once. */
  jitter: number;
}

/** The longest pause that another side may ask for; no wait is longer. */
export const maxPauseMs = 60 * 60_000;

export const outageBackoff: Backoff = { minMs: 1_000, maxMs: 5 * 60_000, factor: 2, jitter: 0.2 };

/** Milliseconds before the next attempt after the `failures`th failure (from 1). `random` is in [0, 1). */
export function backoffMs(
  failures: number,
  { minMs, maxMs, factor, jitter }: Backoff = outageBackoff,
  random: () => number = Math.random,
): number {
  const wait = Math.min(maxMs, minMs * factor ** Math.max(0, failures - 1));
  return Math.round(wait * (1 - jitter + 2 * jitter * random()));
}
