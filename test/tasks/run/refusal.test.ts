import { describe, expect, it } from 'vitest';
import { refusalOf, refusalSentence } from '../../../src/tasks/run/refusal.ts';
import type { AgentResult, ApiError } from '../../../src/tasks/run/stream-event.ts';

const failed: AgentResult = {
  subtype: 'success',
  isError: true,
  text: 'API Error',
  errors: [],
  sessionId: 's',
  totalCostUsd: 0,
  usage: null,
  deniedTools: [],
  staleSession: false,
  apiStatus: undefined,
};

function kindOf(changes: Partial<AgentResult>, apiError?: ApiError): string {
  return refusalOf({ result: { ...failed, ...changes }, apiError, resetsAt: undefined }).kind;
}

describe('refusal', () => {
  it("goes by the CLI's own word first", () => {
    expect(kindOf({}, { name: 'authentication_failed', status: undefined })).toBe('not-logged-in');
    expect(kindOf({ apiStatus: 402 }, { name: 'billing_error', status: 402 })).toBe('out-of-credit');
    expect(kindOf({ apiStatus: 429 }, { name: 'rate_limit', status: 429 })).toBe('rate-limited');
    expect(kindOf({ apiStatus: 529 }, { name: 'server_error', status: 529 })).toBe('overloaded');
  });

  it.each([
    [400, 'invalid-request'],
    [401, 'not-logged-in'],
    [402, 'out-of-credit'],
    [403, 'not-logged-in'],
    [404, 'invalid-request'],
    [413, 'invalid-request'],
    [429, 'rate-limited'],
    [500, 'overloaded'],
    [529, 'overloaded'],
  ] as const)('goes by the HTTP status %i where the word is unknown', (apiStatus, kind) => {
    expect(kindOf({ apiStatus }, { name: 'unknown', status: apiStatus })).toBe(kind);
    expect(kindOf({}, { name: undefined, status: apiStatus })).toBe(kind);
  });

  it('goes by the kind of result where a bound of ours was reached, whatever was refused on the way', () => {
    expect(kindOf({ subtype: 'error_max_turns' })).toBe('max-turns');
    expect(kindOf({ subtype: 'error_max_budget_usd' }, { name: 'rate_limit', status: 429 })).toBe(
      'over-budget',
    );
  });

  it('names denied tools only when nothing else explains the error', () => {
    expect(kindOf({ deniedTools: ['Bash'] })).toBe('permission-denied');
    expect(kindOf({ deniedTools: ['Bash'], apiStatus: 500 })).toBe('overloaded');
    expect(kindOf({})).toBe('agent-error');
  });

  it('keeps a reset time for a rate limit only', () => {
    const evidence = { apiError: undefined, resetsAt: 5 };
    expect(refusalOf({ ...evidence, result: { ...failed, apiStatus: 429 } })).toEqual({
      kind: 'rate-limited',
      resetsAt: 5,
    });
    expect(refusalOf({ ...evidence, result: { ...failed, apiStatus: 529 } })).toEqual({ kind: 'overloaded' });
  });

  it('says what happened, and in whose words', () => {
    expect(refusalSentence({ kind: 'over-budget' }, 'Reached maximum budget ($0.001)')).toBe(
      'the agent reached the most that this run may cost: Reached maximum budget ($0.001)',
    );
  });
});
