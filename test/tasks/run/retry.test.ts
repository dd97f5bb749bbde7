import { describe, expect, it } from 'vitest';
import type { FailureKind } from '../../../src/tasks/run/outcome.ts';
import { MINUTE } from '../../../src/lib/time.ts';
import { defaultRetryPolicy, verdictOf } from '../../../src/tasks/run/retry.ts';

const now = Date.UTC(2030, 0, 1);

interface Changes {
  attempt?: number;
  isAwaited?: boolean;
  resetsAt?: number;
}

function verdict(
  kind: FailureKind | 'succeeded',
  { attempt = 1, isAwaited = false, resetsAt }: Changes = {},
) {
  const outcome =
    kind === 'succeeded'
      ? { kind, reply: '' }
      : { kind, reason: '', ...(resetsAt !== undefined && { resetsAt }) };
  return verdictOf(outcome, { number: attempt, isAwaited }, defaultRetryPolicy, { now, random: () => 1 });
}

describe('verdict on a task', () => {
  it('retries what may be different next time, ever later, and buries it after the last attempt', () => {
    expect(verdict('crashed')).toEqual({ state: 'queued', delayMs: 5_000, spendsAttempt: true });
    expect(verdict('crashed', { attempt: 2 })).toEqual({
      state: 'queued',
      delayMs: 20_000,
      spendsAttempt: true,
    });
    expect(verdict('crashed', { attempt: 3 })).toEqual({ state: 'dead' });
  });

  it('is more patient with a service that is overloaded or at its limit', () => {
    expect(verdict('overloaded')).toEqual({ state: 'queued', delayMs: 30_000, spendsAttempt: true });
    expect(verdict('rate-limited')).toEqual({ state: 'queued', delayMs: MINUTE, spendsAttempt: true });
    expect(verdict('rate-limited', { attempt: 3 })).toEqual({ state: 'dead' });
  });

  it.each([
    'output-limit',
    'protocol',
    'timed-out',
    'not-executable',
    'not-logged-in',
    'out-of-credit',
    'invalid-request',
    'permission-denied',
    'max-turns',
    'over-budget',
  ] as const)('does not repeat what the same request would meet again: %s', (kind) => {
    expect(verdict(kind)).toEqual({ state: 'failed' });
  });

  it('gives the attempt back after a shutdown, and none to who was cancelled', () => {
    expect(verdict('shutdown', { attempt: 3 })).toEqual({
      state: 'queued',
      delayMs: 0,
      spendsAttempt: false,
    });
    expect(verdict('cancelled')).toEqual({ state: 'cancelled' });
    expect(verdict('succeeded', { attempt: 3 })).toEqual({ state: 'done' });
  });

  it('waits for the reset of a limit without spending an attempt, but not for ever', () => {
    const hour = { attempt: 3, resetsAt: now + 60 * MINUTE };
    expect(verdict('rate-limited', hour)).toEqual({
      state: 'queued',
      delayMs: 60 * MINUTE + 5_000,
      spendsAttempt: false,
    });
    const never = verdict('rate-limited', { resetsAt: now + 1e12 });
    expect(never).toMatchObject({ state: 'queued', delayMs: 8 * 24 * 60 * MINUTE + 5_000 });
  });

  it('spends attempts on a limit that should have lifted by now', () => {
    for (const resetsAt of [now - MINUTE, now, now + MINUTE]) {
      expect(verdict('rate-limited', { resetsAt })).toMatchObject({ spendsAttempt: true });
      expect(verdict('rate-limited', { resetsAt, attempt: 3 })).toEqual({ state: 'dead' });
    }
  });

  it('lets a person know at once instead of answering hours later', () => {
    expect(verdict('rate-limited', { isAwaited: true, resetsAt: now + 60 * MINUTE })).toEqual({
      state: 'failed',
    });
    expect(verdict('rate-limited', { isAwaited: true })).toMatchObject({ state: 'queued', delayMs: MINUTE });
    expect(verdict('crashed', { isAwaited: true })).toMatchObject({ state: 'queued', delayMs: 5_000 });
  });

  it('waits for the next day or month where a spending cap has cut it short, and not for ever', () => {
    const outcome = { kind: 'over-budget', reason: 'r' } as const;
    const options = { now: 1_000, moneyReturnsAt: 61_000 };
    const policy = { maxAttempts: 3, minMs: 1, factor: 1, maxMs: 1 };
    expect(verdictOf(outcome, { number: 1, isAwaited: false }, policy, options)).toEqual({
      state: 'queued',
      delayMs: 60_000,
      spendsAttempt: true,
    });
    expect(verdictOf(outcome, { number: 3, isAwaited: false }, policy, options)).toEqual({ state: 'dead' });
    expect(verdictOf(outcome, { number: 1, isAwaited: false }, policy, { now: 1_000 })).toEqual({
      state: 'failed',
    });
  });
});

it('tries what the owner has asked for again at once, whatever it was tried before', () => {
  const outcome = { kind: 'asked-again', reason: 'no word came' } as const;
  expect(verdictOf(outcome, { number: 3, isAwaited: true })).toEqual({
    state: 'queued',
    delayMs: 0,
    spendsAttempt: false,
  });
});
