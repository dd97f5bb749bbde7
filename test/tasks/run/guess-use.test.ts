import { describe, expect, it } from 'vitest';
import { guessingUse } from '../../../src/tasks/run/guess-use.ts';
import type { StreamEvent } from '../../../src/tasks/run/stream-event.ts';
import { createUsageMeter } from '../../../src/tasks/run/usage-meter.ts';

/** The tokens that are guessed when these events have come, behind a prompt of 3,000 characters. */
function guessed(...events: StreamEvent[]) {
  const reader = guessingUse({ push: () => events, end: () => [], overflowed: false }, 'x'.repeat(3_000));
  const meter = createUsageMeter();
  meter.note(reader.push(Buffer.alloc(0)));
  return meter.unbilled();
}

const begins: StreamEvent = { kind: 'init', sessionId: 's', model: 'm' };
const says = (chars: number): StreamEvent => ({ kind: 'text', text: 'y'.repeat(chars) });
const calls: StreamEvent = {
  kind: 'message',
  text: '',
  calls: [{ id: 'c', name: 'Bash', input: { command: 'z'.repeat(286) } }],
  isReply: true,
};
const returns = (chars: number): StreamEvent => ({
  kind: 'tool-results',
  results: [{ id: 'c', isError: false, text: 'r'.repeat(chars) }],
});
const tokens = (inputTokens: number, outputTokens: number, cacheReadTokens: number) => ({
  m: { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens: 0, costUsd: 0 },
});

describe('the guess of what a run has used', () => {
  it('begins with its instructions and its prompt, and grows with its words', () => {
    expect(guessed(begins)).toEqual(tokens(14_000, 0, 0));
    expect(guessed(begins, says(300), says(600))).toEqual(tokens(14_000, 300, 0));
  });

  it('has the model read all of it again after a tool, from the cache, and the result of the tool anew', () => {
    expect(guessed(begins, calls, returns(900))).toEqual(tokens(14_300, 100, 14_100));
    const two = guessed(begins, calls, returns(900), calls, returns(300));
    expect(two).toEqual(tokens(14_400, 200, 14_100 + 14_100 + 400));
  });

  it('takes the results of tools that were called together for what they are: read together', () => {
    expect(guessed(begins, calls, calls, returns(900), returns(300))).toEqual(tokens(14_400, 200, 14_200));
  });

  it('is over with the result, which tells what was used', () => {
    const result = {
      subtype: 'success',
      isError: false,
      text: '',
      errors: [],
      sessionId: 's',
      totalCostUsd: 0,
    };
    const rest = { usage: null, deniedTools: [], staleSession: false, apiStatus: undefined };
    expect(guessed(begins, says(300), { kind: 'result', result: { ...result, ...rest } })).toEqual({});
  });
});
