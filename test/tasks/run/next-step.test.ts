import { describe, expect, it } from 'vitest';
import { loginOf } from '../../../src/tasks/agents/kinds.ts';
import { withNextStep } from '../../../src/tasks/run/next-step.ts';
import type { FailureKind } from '../../../src/tasks/run/outcome.ts';
import { verdictOf, type Verdict } from '../../../src/tasks/run/retry.ts';

const told = (kind: FailureKind, verdict: Verdict, attempt = 1) =>
  withNextStep({ kind, reason: 'it went wrong' }, { taskId: 7, attempt, verdict }).reason;

/** Each kind with the words by which the owner sees what to do. */
const steps: Record<Exclude<FailureKind, 'cancelled' | 'asked-again' | 'shutdown'>, RegExp> = {
  'not-found': /Install it/,
  unfit: /another agent.*--retry/,
  'not-executable': /executable/,
  crashed: /--transcript.*doctor/,
  'no-result': /--transcript/,
  protocol: /agent\.command/,
  'stale-session': /To try again/,
  'not-logged-in': /Run `claude` in a terminal as the user of the daemon, log in with \/login, then/,
  'out-of-credit': /Add credit/,
  'rate-limited': /Wait until the limit has reset/,
  overloaded: /Wait a while/,
  'invalid-request': /say it shorter or otherwise/,
  'permission-denied': /permissions\.byCategory/,
  'max-turns': /task\.maxTurns/,
  'over-budget': /Raise the spending cap/,
  'agent-error': /To try again/,
  'timed-out': /task\.timeoutMsByCategory/,
  'no-output': /task\.noOutputMs/,
  'output-limit': /Ask for less/,
  'out-of-memory': /raise `tasks.maxMemory`/,
};

describe('the next step', () => {
  it('logs in the agent that was asked', () => {
    const failure = { kind: 'not-logged-in', reason: 'it went wrong' } as const;
    const attempt = { taskId: 7, attempt: 1, verdict: { state: 'failed' } } as const;
    const login = loginOf({ kind: 'codex', path: '/bin/codex', version: '1' });
    expect(withNextStep(failure, { ...attempt, login }).reason).toBe(
      'it went wrong. Run `codex login` as the user of the daemon, then `ninjad task 7 --retry`.',
    );
    expect(loginOf({ kind: 'claude', path: '/bin/claude', version: '1' })).toBeUndefined();
  });

  it.each(Object.entries(steps) as [FailureKind, RegExp][])(
    'after %s is in the sentence, with the command that tries again',
    (kind, words) => {
      const reason = told(kind, { state: 'failed' });
      expect(reason).toMatch(/^it went wrong\. [A-Z]/);
      expect(reason).toMatch(words);
      expect(reason).toMatch(/`ninjad task 7 --retry`\.$/);
    },
  );

  it('is said to come by itself where it does, and when', () => {
    const queued = (delayMs: number) => told('crashed', { state: 'queued', delayMs, spendsAttempt: true });
    expect(queued(4_600)).toBe('it went wrong. It is tried again in 5 s.');
    expect(queued(600_000)).toBe('it went wrong. It is tried again in 10 minutes.');
    expect(queued(5 * 3_600_000)).toBe('it went wrong. It is tried again in 5 hours.');
  });

  it('after the last attempt says how many there were', () => {
    const verdict = verdictOf({ kind: 'crashed', reason: 'x' }, { number: 3, isAwaited: false });
    expect(told('crashed', verdict, 3)).toMatch(/^it went wrong\. It was tried 3 times\. See/);
  });

  it('is nothing where the owner has ended it, the daemon stops, or all went well', () => {
    expect(told('cancelled', { state: 'cancelled' })).toBe('it went wrong');
    expect(told('shutdown', { state: 'queued', delayMs: 0, spendsAttempt: false })).toBe('it went wrong');
    const done = { kind: 'succeeded', reply: 'yes' } as const;
    expect(withNextStep(done, { taskId: 7, attempt: 1, verdict: { state: 'done' } })).toBe(done);
  });
});
