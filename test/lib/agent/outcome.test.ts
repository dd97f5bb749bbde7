import { describe, expect, it } from 'vitest';
import { outcomeOf, type RunEvidence } from '../../../src/lib/agent/outcome.ts';
import { defaultRetryPolicy, verdictOf } from '../../../src/lib/agent/retry.ts';
import type { AgentResult } from '../../../src/lib/agent/stream-event.ts';

const result: AgentResult = {
  subtype: 'success',
  isError: false,
  text: 'the reply',
  errors: [],
  sessionId: 's',
  totalCostUsd: 0,
  usage: null,
  deniedTools: [],
  staleSession: false,
};

const good: RunEvidence = {
  stop: undefined,
  spawnFailure: undefined,
  messages: 3,
  result,
  exit: { code: 0, signal: null },
  stderr: '',
  staleSession: false,
};

const kindOf = (changes: Partial<RunEvidence>) => outcomeOf({ ...good, ...changes }).kind;

describe('outcome of a run', () => {
  it('is success only when all four conditions hold', () => {
    expect(outcomeOf(good)).toEqual({ kind: 'succeeded', reply: 'the reply' });
    expect(kindOf({ result: undefined })).toBe('no-result');
    expect(kindOf({ result: { ...result, isError: true } })).toBe('agent-error');
    expect(kindOf({ exit: { code: 1, signal: null } })).toBe('crashed');
    expect(kindOf({ stop: 'cancelled' })).toBe('cancelled');
  });

  it('does not believe a result of a run that we ended, whatever it says', () => {
    for (const stop of ['timed-out', 'no-output', 'output-limit', 'cancelled', 'shutdown'] as const) {
      expect(kindOf({ stop })).toBe(stop);
    }
  });

  it('keeps the result of an agent that hung after it, and says so', () => {
    const evidence = { ...good, stop: 'lingering', exit: undefined } as const;
    expect(outcomeOf(evidence)).toEqual({
      kind: 'succeeded',
      reply: 'the reply',
      note: 'the agent did not exit after its result and was ended',
    });
    expect(kindOf({ ...evidence, result: { ...result, isError: true } })).toBe('agent-error');
  });

  it('tells a program that is missing from one that may not be run and one that died', () => {
    const spawn = (code: string) =>
      kindOf({ spawnFailure: { code, message: 'm' }, result: undefined, exit: undefined });
    expect(spawn('ENOENT')).toBe('not-found');
    expect(spawn('EACCES')).toBe('not-executable');
    expect(spawn('EAGAIN')).toBe('crashed');
    expect(
      outcomeOf({ ...good, result: undefined, exit: { code: null, signal: 'SIGSEGV' }, stderr: 'boom\n' }),
    ).toEqual({
      kind: 'crashed',
      reason: 'the agent was killed by SIGSEGV; its last words: boom',
    });
  });

  it('calls a clean exit without one valid message a breach of protocol', () => {
    expect(kindOf({ result: undefined, messages: 0 })).toBe('protocol');
  });

  it('keeps reasons short and free of NUL', () => {
    const outcome = outcomeOf({ ...good, result: { ...result, isError: true, text: 'a\0'.repeat(5_000) } });
    expect(outcome).toMatchObject({ kind: 'agent-error' });
    const reason = 'reason' in outcome ? outcome.reason : '';
    expect(reason.length).toBe(600);
    expect(reason).not.toContain('\0');
  });
});

describe('verdict on a task', () => {
  const verdict = (kind: Parameters<typeof verdictOf>[0]['kind'], attempt: number) =>
    verdictOf(
      kind === 'succeeded' ? { kind, reply: '' } : { kind, reason: '' },
      attempt,
      defaultRetryPolicy,
      () => 1,
    );

  it('retries what may be different next time, ever later, and buries it after the last attempt', () => {
    expect(verdict('crashed', 1)).toEqual({ state: 'queued', delayMs: 5_000, spendsAttempt: true });
    expect(verdict('crashed', 2)).toEqual({ state: 'queued', delayMs: 20_000, spendsAttempt: true });
    expect(verdict('crashed', 3)).toEqual({ state: 'dead' });
  });

  it('does not repeat a flood, garbage, a full time limit or a wrong setting', () => {
    for (const kind of ['output-limit', 'protocol', 'timed-out', 'not-executable'] as const) {
      expect(verdict(kind, 1)).toEqual({ state: 'failed' });
    }
  });

  it('gives the attempt back after a shutdown, and none to who was cancelled', () => {
    expect(verdict('shutdown', 3)).toEqual({ state: 'queued', delayMs: 0, spendsAttempt: false });
    expect(verdict('cancelled', 1)).toEqual({ state: 'cancelled' });
    expect(verdict('succeeded', 3)).toEqual({ state: 'done' });
  });
});
