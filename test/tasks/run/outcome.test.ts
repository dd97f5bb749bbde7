import { describe, expect, it } from 'vitest';
import { outcomeOf, provesEnd, type RunEvidence } from '../../../src/tasks/run/outcome.ts';
import type { AgentResult } from '../../../src/tasks/run/stream-event.ts';

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
  apiStatus: undefined,
};

const good: RunEvidence = {
  stop: undefined,
  spawnFailure: undefined,
  messages: 3,
  result,
  exit: { code: 0, signal: null },
  stderr: '',
  apiError: undefined,
  resetsAt: undefined,
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

  it('needs no exit where the result proves the end by itself', () => {
    const complete = { ...result, isComplete: true };
    expect(provesEnd(complete)).toBe(true);
    expect(kindOf({ result: complete, isProven: true, exit: undefined })).toBe('succeeded');
    expect(kindOf({ result: complete, exit: { code: 1, signal: null } })).toBe('crashed');
    const unproven = [
      result,
      { ...complete, isError: true },
      { ...complete, openTasks: 1 },
      { ...complete, text: '', deniedTools: ['Bash'] },
    ];
    expect(unproven.map((each) => provesEnd(each))).toEqual([false, false, false, false]);
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

describe('outcome of a run that was refused', () => {
  it('is a value, with a sentence on what happened', () => {
    const refused = { ...result, isError: true, text: 'Not logged in · Please run /login' };
    const evidence = { result: refused, apiError: { name: 'authentication_failed', status: undefined } };
    expect(outcomeOf({ ...good, ...evidence, exit: { code: 1, signal: null } })).toEqual({
      kind: 'not-logged-in',
      reason: 'the agent is not logged in: Not logged in · Please run /login',
    });
  });

  it('carries the time at which a limit resets', () => {
    const refused = { ...result, isError: true, text: "You've hit your limit", apiStatus: 429 };
    const resetsAt = Date.UTC(2030, 0, 2, 3, 4, 5);
    expect(outcomeOf({ ...good, result: refused, resetsAt })).toEqual({
      kind: 'rate-limited',
      resetsAt,
      reason: "the agent's plan is at its rate limit until 2030-01-02T03:04:05.000Z: You've hit your limit",
    });
  });

  it('is no failure when the turn went on without a tool, unless nothing came of it', () => {
    const denied = { ...result, deniedTools: ['Bash', 'Bash', 'Write'] };
    expect(kindOf({ result: denied })).toBe('succeeded');
    expect(outcomeOf({ ...good, result: { ...denied, text: '' } })).toEqual({
      kind: 'permission-denied',
      reason: 'the agent was not allowed what it needed: Bash, Write',
    });
  });
});
