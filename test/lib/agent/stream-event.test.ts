import { describe, expect, it } from 'vitest';
import { parseStreamLine } from '../../../src/lib/agent/stream-event.ts';

const read = (message: object) => parseStreamLine(JSON.stringify(message));

describe('stream messages', () => {
  it('knows the beginning, tools and API retries', () => {
    expect(read({ type: 'system', subtype: 'init', session_id: 's', model: 'm' })).toEqual({
      kind: 'init',
      sessionId: 's',
      model: 'm',
    });
    const tool = { type: 'content_block_start', content_block: { type: 'tool_use', name: 'Bash' } };
    expect(read({ type: 'stream_event', event: tool })).toEqual({ kind: 'tool', name: 'Bash' });
    expect(read({ type: 'system', subtype: 'api_retry', attempt: 4 })).toEqual({ kind: 'retry', attempt: 4 });
  });

  it("takes a subagent's words for a sign of life, not for the reply", () => {
    const event = { type: 'content_block_delta', delta: { type: 'text_delta', text: 'inner' } };
    expect(read({ type: 'stream_event', parent_tool_use_id: 'toolu_1', event })).toEqual({ kind: 'other' });
    expect(read({ type: 'stream_event', parent_tool_use_id: null, event })).toEqual({
      kind: 'text',
      text: 'inner',
    });
  });

  it('reads a whole result', () => {
    const result = {
      type: 'result',
      subtype: 'success',
      is_error: false,
      result: 'done',
      session_id: 's',
      total_cost_usd: 0.5,
      usage: { input_tokens: 3 },
      permission_denials: [{ tool_name: 'Bash' }],
    };
    expect(read(result)).toEqual({
      kind: 'result',
      result: {
        subtype: 'success',
        isError: false,
        text: 'done',
        errors: [],
        sessionId: 's',
        totalCostUsd: 0.5,
        usage: { input_tokens: 3 },
        deniedTools: ['Bash'],
        staleSession: false,
      },
    });
  });

  it('takes a result without is_error for an error, and knows a stale session by its words', () => {
    const event = read({
      type: 'result',
      errors: ['No conversation found with session ID: x', { message: 'm' }],
    });
    expect(event).toMatchObject({
      kind: 'result',
      result: { isError: true, staleSession: true, totalCostUsd: 0, errors: [expect.any(String), 'm'] },
    });
  });

  it('does not call a session stale because the reply speaks of one', () => {
    const event = read({ type: 'result', is_error: false, result: 'it said: No conversation found' });
    expect(event).toMatchObject({ result: { staleSession: false } });
  });

  it('survives every field being of the wrong type', () => {
    expect(
      read({ type: 'result', result: 1, errors: 'x', permission_denials: {}, total_cost_usd: 'NaN' }),
    ).toMatchObject({ result: { text: '', errors: [], deniedTools: [], totalCostUsd: 0 } });
    expect(read({ type: 'stream_event', event: 7 })).toEqual({ kind: 'other' });
    expect(read({ type: 'rate_limit_event' })).toEqual({ kind: 'other' });
    expect(read({ type: 5 })).toBeUndefined();
  });
});
