import { describe, expect, it } from 'vitest';
import { parseStreamLine } from '../../../src/tasks/agents/claude/parse-line.ts';

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
    const retry = {
      attempt: 4,
      max_retries: 10,
      retry_delay_ms: 551,
      error_status: 500,
      error: 'server_error',
    };
    expect(read({ type: 'system', subtype: 'api_retry', ...retry })).toEqual({
      kind: 'retry',
      attempt: 4,
      of: 10,
      delayMs: 551,
      error: { name: 'server_error', status: 500 },
    });
  });

  it("takes a subagent's words for a sign of life, not for the reply", () => {
    const event = { type: 'content_block_delta', delta: { type: 'text_delta', text: 'inner' } };
    expect(read({ type: 'stream_event', parent_tool_use_id: 'toolu_1', event })).toEqual({ kind: 'other' });
    expect(read({ type: 'stream_event', parent_tool_use_id: null, event })).toEqual({
      kind: 'text',
      text: 'inner',
    });
  });

  it('reads whole messages: words and tool calls, and whose they are', () => {
    const content = [
      { type: 'text', text: 'I look.' },
      { type: 'tool_use', id: 't1', name: 'Bash', input: { command: 'ls' } },
    ];
    const message = {
      kind: 'message',
      text: 'I look.',
      calls: [{ id: 't1', name: 'Bash', input: { command: 'ls' } }],
    };
    expect(read({ type: 'assistant', parent_tool_use_id: null, message: { content } })).toEqual({
      ...message,
      isReply: true,
    });
    expect(read({ type: 'assistant', parent_tool_use_id: 't0', message: { content } })).toEqual({
      ...message,
      isReply: false,
    });
  });

  it('reads what tools gave back, as text or in blocks', () => {
    const content = [
      { type: 'tool_result', tool_use_id: 't1', content: 'a', is_error: true },
      { type: 'tool_result', tool_use_id: 't2', content: [{ type: 'text', text: 'b' }, { type: 'image' }] },
      { type: 'text', text: 'not a result' },
    ];
    expect(read({ type: 'user', message: { content } })).toEqual({
      kind: 'tool-results',
      results: [
        { id: 't1', isError: true, text: 'a' },
        { id: 't2', isError: false, text: 'b\n' },
      ],
    });
  });

  it('knows denials, limits, compaction and refusals as the CLI words them', () => {
    expect(read({ type: 'system', subtype: 'permission_denied', tool_name: 'Bash', message: 'no' })).toEqual({
      kind: 'denied',
      tool: 'Bash',
      why: 'no',
    });
    const limit = { status: 'rejected', resetsAt: 1_795_387_929, rateLimitType: 'five_hour' };
    expect(read({ type: 'rate_limit_event', rate_limit_info: limit })).toEqual({
      kind: 'rate-limit',
      status: 'rejected',
      resetsAt: 1_795_387_929_000,
      window: 'five_hour',
    });
    expect(read({ type: 'system', subtype: 'status', status: 'compacting' })).toEqual({ kind: 'compacting' });
    expect(read({ type: 'system', subtype: 'status', status: 'requesting' })).toEqual({ kind: 'other' });
    const figures = { trigger: 'auto', pre_tokens: 6_167, post_tokens: 2_594 };
    expect(read({ type: 'system', subtype: 'compact_boundary', compact_metadata: figures })).toEqual({
      kind: 'compacted',
      tokensBefore: 6_167,
      tokensAfter: 2_594,
    });
    expect(
      read({ type: 'assistant', error: 'rate_limit', api_error_status: 429, message: { content: [] } }),
    ).toEqual({
      kind: 'api-error',
      error: { name: 'rate_limit', status: 429 },
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
        apiStatus: undefined,
      },
    });
  });

  it('knows a turn that came to its own end, with nothing queued behind it', () => {
    const ending = (more: object) => {
      const event = read({ type: 'result', is_error: false, result: 'done', ...more });
      return event?.kind === 'result' && event.result.isComplete === true;
    };
    expect(ending({ terminal_reason: 'completed', queued_turn_count: 0 })).toBe(true);
    expect(ending({ terminal_reason: 'completed' })).toBe(true);
    expect(ending({ terminal_reason: 'completed', queued_turn_count: 1 })).toBe(false);
    expect(ending({ terminal_reason: 'aborted_tools' })).toBe(false);
    expect(ending({})).toBe(false);
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
    expect(read({ type: 'rate_limit_event' })).toEqual({ kind: 'rate-limit', status: 'unknown' });
    expect(read({ type: 'assistant', message: { content: [1, null, { type: 'tool_use' }] } })).toEqual({
      kind: 'message',
      text: '',
      calls: [{ id: '', name: 'a tool', input: {} }],
      isReply: true,
    });
    expect(read({ type: 'user', message: 'no' })).toEqual({ kind: 'tool-results', results: [] });
    expect(read({ type: 5 })).toBeUndefined();
  });
});
