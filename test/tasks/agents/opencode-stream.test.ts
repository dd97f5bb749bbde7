import { describe, expect, it } from 'vitest';
import type { StreamEvent } from '../../../src/tasks/run/stream-event.ts';
import { createOpencodeParser } from '../../../src/tasks/agents/opencode/stream.ts';

// Lines of opencode 1.18.33, without their timestamps and ids of parts.
const sessionID = 'ses_dd91c70deffe1rfrW3scbut5yD';
const line = (type: string, part: object) => JSON.stringify({ type, sessionID, part });
const started = line('step_start', { type: 'step-start' });
const said = (text: string) => line('text', { type: 'text', text });
const bash = (state: object) => line('tool_use', { type: 'tool', tool: 'bash', callID: 'c', state });
const finished = (reason: string, input: number, cost: number) =>
  line('step_finish', {
    type: 'step-finish',
    reason,
    messageID: `msg_${input}`,
    tokens: { total: 0, input, output: 30, reasoning: 4, cache: { write: 0, read: 2000 } },
    cost,
  });

function read(...lines: string[]): (StreamEvent | string)[] {
  const parser = createOpencodeParser('fake/model-1');
  return [
    ...lines.flatMap((text): (StreamEvent | string)[] => parser.parseLine(text) ?? ['none']),
    ...parser.atEnd(),
  ];
}

describe('the lines of opencode', () => {
  it('are the reply and what each step has used; the last step ends the turn', () => {
    const events = read(
      started,
      bash({ status: 'completed', input: { command: 'x' }, output: '42\n', metadata: { exit: 3 } }),
      finished('tool-calls', 102, 0.002),
      started,
      said('one two'),
      finished('stop', 103, 0.003),
    );
    expect(events.map((event) => (typeof event === 'string' ? event : event.kind))).toEqual([
      'init',
      'other',
      'tool',
      'message',
      'tool-results',
      'spent',
      'other',
      'text',
      'message',
      'spent',
      'result',
    ]);
    expect(events[0]).toEqual({ kind: 'init', sessionId: sessionID, model: 'fake/model-1' });
    expect(events[4]).toEqual({
      kind: 'tool-results',
      results: [{ id: 'c', isError: true, text: '42\n' }],
    });
    expect(events.at(-2)).toMatchObject({ spent: { id: 'msg_103', inputTokens: 103, outputTokens: 34 } });
    expect(events.at(-1)).toMatchObject({
      result: {
        isError: false,
        sessionId: sessionID,
        totalCostUsd: 0.005,
        usage: { 'fake/model-1': { inputTokens: 205, outputTokens: 68, cacheReadTokens: 4000 } },
      },
    });
  });

  it('are no result where the turn was ended in its middle', () => {
    expect(
      read(started, finished('tool-calls', 1, 0)).map((event) => typeof event !== 'string' && event.kind),
    ).toEqual(['init', 'other', 'spent']);
  });

  it('end without a word after a tool that was not allowed, which is said then', () => {
    const error = 'The user rejected permission to use this specific tool call.';
    const events = read(
      bash({ status: 'error', input: { command: 'ls' }, error }),
      finished('tool-calls', 1, 0),
    );
    expect(events).toContainEqual({ kind: 'denied', tool: 'bash', why: error });
    expect(events.at(-1)).toMatchObject({ kind: 'result', result: { text: '', deniedTools: ['bash'] } });
    expect(
      read(bash({ status: 'error', error }), said('well then'), finished('stop', 1, 0)).at(-1),
    ).toMatchObject({
      result: { deniedTools: [] },
    });
  });

  it('are a refusal with its status', () => {
    const data = { message: 'bad words', statusCode: 400, isRetryable: false };
    const events = read(JSON.stringify({ type: 'error', sessionID, error: { name: 'APIError', data } }));
    expect(events.slice(1)).toMatchObject([
      { kind: 'api-error', error: { name: undefined, status: 400 } },
      { kind: 'result', result: { isError: true, errors: ['bad words'], apiStatus: 400 } },
    ]);
  });

  it('are nothing where they are no messages', () => {
    expect(read('! permission requested', '{"a":1}', '[]')).toEqual(['none', 'none', 'none']);
  });
});
