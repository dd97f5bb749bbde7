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

/** An attempt to decide about. */
export interface Attempt {
  /** Counts from 1. */
  number: number;
  /** A person waits for the answer, and is better served by a reason now than by an answer hours later. */
  isAwaited: boolean;
}

/** What a decision depends on besides. `random` gives 0–1 and is for tests, as is `now`. */
export interface VerdictOptions {
  /** When a run over its budget may spend again, in milliseconds since the epoch, where a spending cap has cut it short. */
  moneyReturnsAt?: number | undefined;
  now?: number;
  random?: () => number;
}

/**
 * What may be different next time, with how much longer than usual to wait for it.
 * The others would do the same harm again: a full time limit, a flood, garbage, a login that only the owner can make.
 */
const patience: Readonly<Partial<Record<FailureKind, number>>> = {
  'not-found': 1,
  crashed: 1,
  'no-result': 1,
  'agent-error': 1,
  'no-output': 1,
  'stale-session': 1,
  // The CLI has tried for minutes by then.
  overloaded: 6,
  'rate-limited': 12,
};

/** Past a reset time, so that clocks need not agree. */
const afterResetMs = 5_000;
/** A limit that resets sooner is waited for like any failure, so that one that never lifts spends its attempts. */
const minResetMs = 60_000;
/** A reset time is the service's word: a wrong one must not put a task off for ever. */
const maxResetMs = 8 * 24 * 60 * 60_000;
/** The longest pause before an answer that a person waits for. */
const maxAwaitedMs = 2 * 60_000;

/**
 * Decides about a row from its attempt's outcome. A limit that resets in a minute or more is waited for, which
 * spends no attempt; what a person waits for fails instead when its next attempt is more than two minutes away.
 * A run that a spending cap has cut short waits for the next day or month, which spends one: it may want more than any.
 */
export function verdictOf(
  outcome: Outcome,
  attempt: Attempt,
  policy: RetryPolicy = defaultRetryPolicy,
  options: VerdictOptions = {},
): Verdict {
  switch (outcome.kind) {
    case 'succeeded':
      return { state: 'done' };
    case 'cancelled':
      return { state: 'cancelled' };
    case 'shutdown':
    case 'asked-again':
      return { state: 'queued', delayMs: 0, spendsAttempt: false };
    default: {
      const again = nextAttempt(outcome, attempt.number, policy, options);
      if (again === undefined) return { state: mayPass(outcome.kind, options) ? 'dead' : 'failed' };
      return attempt.isAwaited && again.delayMs > maxAwaitedMs ? { state: 'failed' } : again;
    }
  }
}

function nextAttempt(
  { kind, resetsAt }: { kind: FailureKind; resetsAt?: number },
  attempt: number,
  policy: RetryPolicy,
  options: VerdictOptions,
): Extract<Verdict, { state: 'queued' }> | undefined {
  const { moneyReturnsAt, now = Date.now(), random = Math.random } = options;
  const untilReset = resetsAt === undefined ? 0 : Math.min(maxResetMs, resetsAt - now);
  if (untilReset > minResetMs)
    return { state: 'queued', delayMs: untilReset + afterResetMs, spendsAttempt: false };
  if (!mayPass(kind, options) || attempt >= policy.maxAttempts) return undefined;
  if (kind === 'over-budget' && moneyReturnsAt !== undefined)
    return { state: 'queued', delayMs: Math.max(0, moneyReturnsAt - now), spendsAttempt: true };
  const longer = patience[kind] ?? 1;
  return { state: 'queued', delayMs: longer * backoffMs(attempt, policy, random), spendsAttempt: true };
}

function mayPass(kind: FailureKind, { moneyReturnsAt }: VerdictOptions): boolean {
  return kind === 'over-budget' ? moneyReturnsAt !== undefined : patience[kind] !== undefined;
}

function backoffMs(attempt: number, { minMs, factor, maxMs }: RetryPolicy, random: () => number): number {
  const full = Math.min(maxMs, minMs * factor ** (attempt - 1));
  return Math.round(full * (0.75 + 0.25 * random()));
}
