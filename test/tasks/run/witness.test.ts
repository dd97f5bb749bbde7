import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../../src/tasks/run/outcome.ts';
import { parseStreamLine } from '../../../src/tasks/agents/claude/parse-line.ts';
import type { AgentResult, StreamEvent } from '../../../src/tasks/run/stream-event.ts';
import { createWitness } from '../../../src/tasks/run/witness.ts';

const says = (text: string, parent: string | null = null) => ({
  type: 'assistant',
  parent_tool_use_id: parent,
  message: { content: [{ type: 'text', text }] },
});
const calls = {
  type: 'assistant',
  message: { content: [{ type: 'tool_use', id: 't', name: 'Bash', input: {} }] },
};
const returned = {
  type: 'user',
  message: { content: [{ type: 'tool_result', tool_use_id: 't', content: 'x' }] },
};
const result = (changes: object = {}) => ({
  type: 'result',
  subtype: 'success',
  is_error: false,
  result: '',
  ...changes,
});
const task = (subtype: string, task_id: string) => ({ type: 'system', subtype, task_id });
const streamed = (text: string) => ({
  type: 'stream_event',
  event: { type: 'content_block_delta', delta: { type: 'text_delta', text } },
});

/** The results of a stream, completed. */
function resultsOf(...lines: object[]): AgentResult[] {
  const events = lines.map((line) => parseStreamLine(JSON.stringify(line)) as StreamEvent);
  const witness = createWitness();
  return events
    .flatMap((event) => witness.note([event]))
    .flatMap((event) => (event.kind === 'result' ? [event.result] : []));
}

describe('a result without text', () => {
  it.each([
    ['the last message', [says('Two and two'), calls, returned, says('It is four.')], 'It is four.'],
    ['words before a tool, where none came after', [says('It is four.'), calls, returned], 'It is four.'],
    ['streamed pieces alone', [streamed('It is '), streamed('four.')], 'It is four.'],
    ['the main thread, not a subagent', [says('It is four.'), says('searching', 'toolu_1')], 'It is four.'],
    ['nothing, where nothing was said', [calls, returned], ''],
  ])('is filled with %s', (_, lines, text) => {
    for (const blank of ['', ' \n', undefined])
      expect(resultsOf(...lines, result({ result: blank }))[0]?.text.trim()).toBe(text);
  });

  it('keeps its own text, and takes nothing from the turn before', () => {
    expect(resultsOf(says('four'), result({ result: 'five' }))[0]?.text).toBe('five');
    expect(resultsOf(says('four'), result(), result()).map(({ text }) => text)).toEqual(['four', '']);
  });

  it('is still a lack of permission where the agent said nothing after the denied call', () => {
    const denied = result({ permission_denials: [{ tool_name: 'Write' }] });
    expect(resultsOf(says('I write it.'), calls, returned, denied)[0]?.text).toBe('');
    expect(resultsOf(calls, returned, says('I may not write.'), denied)[0]?.text).toBe('I may not write.');
  });
});

it('counts the background tasks that a turn leaves, by their ids', () => {
  const lines = [
    task('task_started', 'a'),
    task('task_started', 'b'),
    task('task_notification', 'b'),
    result({ result: 'started' }),
  ];
  expect(resultsOf(...lines)[0]?.openTasks).toBe(1);
  expect(
    resultsOf(...lines, task('task_notification', 'a'), result({ result: 'passed' }))[1]?.openTasks,
  ).toBeUndefined();
});

describe('a refusal as invalid, which a session may be the cause of', () => {
  it.each([
    [{ api_error_status: 400, result: 'API Error' }],
    [{ api_error_status: 413, result: 'Request too large' }],
    [{ result: 'Prompt is too long' }],
    [{ result: 'API Error: 400 {"type":"error","error":{"type":"invalid_request_error"}}' }],
    [{ result: 'input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000' }],
    [
      {
        result: '',
        errors: ['messages.3.content.0: invalid_request_error, thinking blocks cannot be modified'],
      },
    ],
    [{ result: 'The conversation is too long to go on' }],
    [{ result: "This model's maximum context length is 200000 tokens" }],
    [{ result: '', errors: ['400 Invalid signature in thinking block'] }],
    [{ result: 'messages.5: `tool_use` ids were found without `tool_result` blocks' }],
  ])('is seen by status and words: %j', (changes) => {
    expect(resultsOf(result({ is_error: true, ...changes }))[0]?.isInvalid).toBe(true);
  });

  it.each([
    [{ is_error: true, api_error_status: 404, result: 'model not found' }],
    [{ is_error: true, api_error_status: 401, result: 'Invalid API key' }],
    [{ is_error: true, api_error_status: 400, result: 'Your credit balance is too low to access the API' }],
    [
      {
        is_error: true,
        api_error_status: 400,
        result:
          'You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.',
      },
    ],
    [{ is_error: true, api_error_status: 529, result: 'overloaded' }],
    [{ is_error: true, result: 'the tests fail' }],
    [{ is_error: false, result: 'The prompt is too long for a tweet.' }],
  ])('is not seen in %j', (changes) => {
    expect(resultsOf(result(changes))[0]?.isInvalid).toBeUndefined();
  });
});

describe('a refusal that is given as a success', () => {
  const refused = (text: string, error = 'invalid_request') => ({ ...says(text), error });

  it.each([
    ['the words of the refusal before it', [refused('Prompt is too long')], 'Prompt is too long'],
    ['nothing, where a refusal was the last word', [refused('messages: too many')], ''],
    ['a word of the CLI alone', [], 'Prompt is too long'],
    ['its error with a status', [], 'API Error: 400 due to tool use concurrency issues. Run /rewind.'],
  ])('is an error all the same: %s', (_, lines, text) => {
    expect(resultsOf(...lines, result({ result: text }))[0]).toMatchObject({
      isError: true,
      isInvalid: true,
    });
  });

  it('is none where the agent has found words after it, or speaks of one', () => {
    for (const lines of [
      [refused('overloaded', 'overloaded'), says('It is four.'), result()],
      [refused('overloaded', 'overloaded'), result({ result: 'It is four.' })],
      [result({ result: 'The CLI says "Prompt is too long" when a session has grown too far.' })],
      [result({ result: 'API Errors are listed in the log.' })],
    ])
      expect(resultsOf(...lines)[0]).toMatchObject({ isError: false });
  });
});

describe('a limit that is told in words', () => {
  const now = Date.parse('2026-11-28T13:30:00Z');
  const evidence = {
    stop: undefined,
    spawnFailure: undefined,
    messages: 1,
    result: undefined,
    exit: { code: 1, signal: null },
    stderr: '',
    apiError: undefined,
    resetsAt: undefined,
    staleSession: false,
  };
  const judged = (line: object) => outcomeOf({ ...evidence, result: resultsOf(line)[0] }, now);

  it.each([
    [
      result({ is_error: true, result: "You've hit your session limit · resets 3pm (Europe/Berlin)" }),
      '2026-11-28T14:00:00.000Z',
    ],
    [
      result({ is_error: true, result: 'Claude AI usage limit reached|1795880000' }),
      '2026-11-28T15:33:20.000Z',
    ],
    [
      result({ is_error: false, result: 'Claude AI usage limit reached|1795880000' }),
      '2026-11-28T15:33:20.000Z',
    ],
    [
      result({ result: '5-hour limit reached ∙ resets 3:30pm (UTC)\n     /upgrade to increase your limit.' }),
      '2026-11-28T15:30:00.000Z',
    ],
    [
      result({
        is_error: true,
        api_error_status: 400,
        result:
          'You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.',
      }),
      '2026-12-01T00:00:00.000Z',
    ],
    [
      result({
        is_error: true,
        api_error_status: 429,
        result: '',
        errors: ['5-hour limit reached ∙ resets 3:30pm (UTC)'],
      }),
      '2026-11-28T15:30:00.000Z',
    ],
  ])('carries its reset time: %j', (line, at) => {
    expect(judged(line)).toMatchObject({ kind: 'rate-limited', resetsAt: Date.parse(at) });
  });

  it('is read from standard error where no result came, and from no reply that only speaks of limits', () => {
    expect(
      outcomeOf({ ...evidence, messages: 0, stderr: 'Claude AI usage limit reached|1795880000\n' }, now),
    ).toMatchObject({
      kind: 'rate-limited',
      resetsAt: 1_795_880_000_000,
    });
    const reply = 'Your plan says: 5-hour limit reached means waiting.\nIt resets 3pm.';
    expect(
      outcomeOf(
        { ...evidence, exit: { code: 0, signal: null }, result: resultsOf(result({ result: reply }))[0] },
        now,
      ).kind,
    ).toBe('succeeded');
  });
});
