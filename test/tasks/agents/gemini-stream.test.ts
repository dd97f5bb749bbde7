import { describe, expect, it } from 'vitest';
import type { StreamEvent } from '../../../src/tasks/run/stream-event.ts';
import { createGeminiParser } from '../../../src/tasks/agents/gemini/stream.ts';

// Lines of Gemini CLI 0.61.0, without their timestamps.
const init = '{"type":"init","session_id":"08da32fa-3e9d-4295-8021-83a8d6d0e8fc","model":"gemini-2.5-flash"}';
const prompt = '{"type":"message","role":"user","content":"what is it?"}';
const said = (text: string) =>
  JSON.stringify({ type: 'message', role: 'assistant', content: text, delta: true });
const stats = (figures: object) => ({
  duration_ms: 936,
  tool_calls: 1,
  models: { 'gemini-2.5-flash': figures },
});
const used = { total_tokens: 5249, input_tokens: 5205, output_tokens: 44, cached: 5000, input: 205 };
const succeeded = JSON.stringify({ type: 'result', status: 'success', stats: stats(used) });
const failed = (message: string) =>
  JSON.stringify({ type: 'result', status: 'error', error: { type: 'unknown', message }, stats: stats({}) });

function read(...lines: string[]): (StreamEvent | string)[] {
  const parse = createGeminiParser();
  return lines.flatMap((line): (StreamEvent | string)[] => parse(line) ?? ['none']);
}

describe('the lines of Gemini CLI', () => {
  it('are pieces of the reply, then the whole of it, then the end with what this run has used', () => {
    const events = read(init, prompt, said('one '), said('two'), succeeded);
    expect(events.slice(0, 5)).toEqual([
      { kind: 'init', sessionId: '08da32fa-3e9d-4295-8021-83a8d6d0e8fc', model: 'gemini-2.5-flash' },
      { kind: 'other' },
      { kind: 'text', text: 'one ' },
      { kind: 'text', text: 'two' },
      { kind: 'message', text: 'one two', calls: [], isReply: true },
    ]);
    expect(events[5]).toMatchObject({
      kind: 'result',
      result: {
        isError: false,
        sessionId: '08da32fa-3e9d-4295-8021-83a8d6d0e8fc',
        usage: {
          'gemini-2.5-flash': {
            inputTokens: 205,
            outputTokens: 44,
            cacheReadTokens: 5000,
            cacheWriteTokens: 0,
            costUsd: 0,
          },
        },
      },
    });
  });

  it('are a tool that is called and what it gave back, after the words before it', () => {
    const events = read(
      said('let me see'),
      '{"type":"tool_use","tool_name":"run_shell_command","tool_id":"t1","parameters":{"command":"ls"}}',
      '{"type":"tool_result","tool_id":"t1","status":"success","output":"a b"}',
      '{"type":"tool_result","tool_id":"t2","status":"error","output":"Path not in workspace","error":{"type":"invalid_tool_params","message":"Path not in workspace"}}',
    );
    expect(events).toEqual([
      { kind: 'text', text: 'let me see' },
      { kind: 'message', text: 'let me see', calls: [], isReply: true },
      { kind: 'tool', name: 'run_shell_command' },
      {
        kind: 'message',
        text: '',
        calls: [{ id: 't1', name: 'run_shell_command', input: { command: 'ls' } }],
        isReply: false,
      },
      { kind: 'tool-results', results: [{ id: 't1', isError: false, text: 'a b' }] },
      { kind: 'tool-results', results: [{ id: 't2', isError: true, text: 'Path not in workspace' }] },
    ]);
  });

  it('are a refusal with its status, where the API has given one', () => {
    const refusal = '[API Error: {"error":{"code":401,"message":"no","status":"UNAUTHENTICATED"}}]';
    const [error, result] = read(failed(refusal));
    expect(error).toEqual({ kind: 'api-error', error: { name: undefined, status: 401 } });
    expect(result).toMatchObject({
      kind: 'result',
      result: { isError: true, errors: [refusal], apiStatus: 401 },
    });
    const atLimit =
      '[API Error: words]\nPlease wait and try again later. To increase your limits, request more';
    expect(read(failed(atLimit))[0]).toEqual({ kind: 'api-error', error: { name: undefined, status: 429 } });
  });

  it('are a failing service where the connection was lost', () => {
    for (const words of ['terminated', 'exception TypeError: fetch failed sending request'])
      expect(read(failed(`[API Error: ${words}]`))[0]).toEqual({
        kind: 'api-error',
        error: { name: 'server_error', status: undefined },
      });
    expect(read(failed('[API Error: odd]'))[0]).toEqual({
      kind: 'api-error',
      error: { name: undefined, status: undefined },
    });
  });

  it('are nothing where they are no messages, and a sign of life where they are unknown', () => {
    expect(read('Ripgrep is not available.', '{"a":1}', '[1]', '{"type":"new"}')).toEqual([
      'none',
      'none',
      'none',
      { kind: 'other' },
    ]);
  });
});
