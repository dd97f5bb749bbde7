import type { FailureKind, Outcome } from './outcome.ts';

/** How often and how soon a failed attempt is made again. */
export interface RetryPolicy {
  /** Attempts in all, the first one included. */
  maxAttempts: number;
  /** Pause before the second attempt, in milliseconds; it grows by `factor` from there. */
  minMs: number;
  factor: number;
  maxMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { maxAttempts: 3, minMs: 5_000, factor: 4, maxMs: 5 * 60_000 };

/** What becomes of the row. `failed` is final at once, `dead` after the last attempt. */
export type Verdict =
  | { state: 'done' | 'failed' | 'dead' | 'cancelled' }
  | { state: 'queued'; delayMs: number; spendsAttempt: boolean };

/** What may be different next time. The others would do the same harm again: a full time limit, a flood, garbage. */
const retryable: ReadonlySet<FailureKind> = new Set([
  'not-found',
  'crashed',
  'no-result',
  'agent-error',
  'no-output',
  'stale-session',
]);

/** Decides about a row from its attempt's outcome; `attempt` counts from 1, `random` gives 0–1 and is for tests. */
export function verdictOf(
  outcome: Outcome,
  attempt: number,
  policy: RetryPolicy = defaultRetryPolicy,
  random: () => number = Math.random,
): Verdict {
  switch (outcome.kind) {
    case 'succeeded':
      return { state: 'done' };
    case 'cancelled':
      return { state: 'cancelled' };
    case 'shutdown':
      return { state: 'queued', delayMs: 0, spendsAttempt: false };
    default:
      if (!retryable.has(outcome.kind)) return { state: 'failed' };
      if (attempt >= policy.maxAttempts) return { state: 'dead' };
      return { state: 'queued', delayMs: backoffMs(attempt, policy, random), spendsAttempt: true };
  }
}

function backoffMs(attempt: number, { minMs, factor, maxMs }: RetryPolicy, random: () => number): number {
  const full = Math.min(maxMs, minMs * factor ** (attempt - 1));
  return Math.round(full * (0.75 + 0.25 * random()));
}
