import { describe, expect, it } from 'vitest';
import { parseStreamLine } from '../../../src/tasks/agents/claude/parse-line.ts';
import type { StreamEvent } from '../../../src/tasks/run/stream-event.ts';
import { createUsageMeter } from '../../../src/tasks/run/usage-meter.ts';

const event = (message: object): StreamEvent => {
  const parsed = parseStreamLine(JSON.stringify(message));
  if (parsed === undefined) throw new Error('no message of the protocol');
  return parsed;
};
const usage = (input: number, output: number) => ({
  input_tokens: input,
  output_tokens: output,
  cache_read_input_tokens: 100,
  cache_creation_input_tokens: 5,
});
const started = (id: string, input: number, parent?: string) =>
  event({
    type: 'stream_event',
    parent_tool_use_id: parent ?? null,
    event: { type: 'message_start', message: { id, model: 'm', usage: usage(input, 1) } },
  });
const whole = (id: string, input: number, parent?: string) =>
  event({
    type: 'assistant',
    parent_tool_use_id: parent ?? null,
    message: { id, model: 'm', content: [], usage: usage(input, 1) },
  });
const ended = (output: number, parent?: string) =>
  event({
    type: 'stream_event',
    parent_tool_use_id: parent ?? null,
    event: { type: 'message_delta', delta: {}, usage: { output_tokens: output } },
  });
const figures = (inputTokens: number, outputTokens: number, messages: number) => ({
  inputTokens,
  outputTokens,
  cacheReadTokens: 100 * messages,
  cacheWriteTokens: 5 * messages,
  costUsd: 0,
});

describe('a usage meter', () => {
  it('counts each message once, with the last word about its output', () => {
    const meter = createUsageMeter();
    expect(meter.note([started('a', 10), whole('a', 10), ended(30)])).toBe(true);
    meter.note([started('b', 20), whole('b', 20), ended(7)]);
    expect(meter.unbilled()).toEqual({ m: figures(30, 37, 2) });
  });

  it('keeps the words about a subagent apart from those about the agent', () => {
    const meter = createUsageMeter();
    meter.note([started('a', 10), started('b', 20, 'tool'), ended(30), ended(7, 'tool')]);
    expect(meter.unbilled()).toEqual({ m: figures(30, 37, 2) });
  });

  it('begins anew at a result, which accounts for all before it', () => {
    const meter = createUsageMeter();
    meter.note([started('a', 10), ended(30), event({ type: 'result', subtype: 'success', is_error: false })]);
    expect(meter.unbilled()).toEqual({});
    meter.note([started('b', 20)]);
    expect(meter.unbilled()).toEqual({ m: figures(20, 1, 1) });
  });

  it('is bounded, and loses no token by it', () => {
    const meter = createUsageMeter();
    for (let id = 0; id < 2_500; id++) meter.note([started(`message ${id}`, 1), ended(2)]);
    expect(meter.unbilled()).toEqual({ m: figures(2_500, 5_000, 2_500) });
  });

  it('hears nothing new in what says nothing of tokens', () => {
    expect(createUsageMeter().note([event({ type: 'system', subtype: 'init' })])).toBe(false);
  });
});
