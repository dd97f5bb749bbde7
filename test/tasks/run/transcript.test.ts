import { describe, expect, it } from 'vitest';
import { progressOf } from '../../../src/tasks/run/progress.ts';
import type { StreamEvent } from '../../../src/tasks/run/stream-event.ts';
import { clip, entriesOf, steeredEntry } from '../../../src/tasks/run/transcript.ts';

const retry: StreamEvent = {
  kind: 'retry',
  attempt: 2,
  of: 10,
  delayMs: 1_000,
  error: { name: 'server_error', status: 500 },
};
const limit: StreamEvent = { kind: 'rate-limit', status: 'rejected', resetsAt: 0, window: 'five_hour' };

describe('transcript', () => {
  it('tells what was said, called and returned, and what held the agent up', () => {
    const events: StreamEvent[] = [
      { kind: 'text', text: 'I lo' },
      {
        kind: 'message',
        text: 'I look.',
        calls: [
          { id: 'a', name: 'Bash', input: { command: 'ls' } },
          { id: 'b', name: 'Read', input: { path: '/x' } },
        ],
        isReply: true,
      },
      { kind: 'tool-results', results: [{ id: 'a', isError: true, text: 'no' }] },
      retry,
      limit,
      { kind: 'rate-limit', status: 'allowed', resetsAt: 0, window: 'five_hour' },
      { kind: 'compacting' },
      { kind: 'compacted', tokensBefore: 9, tokensAfter: 3 },
      { kind: 'denied', tool: 'Write', why: 'not here' },
      { kind: 'other' },
    ];
    expect(entriesOf(events, 7)).toEqual([
      { at: 7, kind: 'said', text: 'I look.' },
      { at: 7, kind: 'called', tool: 'Bash', input: 'ls' },
      { at: 7, kind: 'called', tool: 'Read', input: '{"path":"/x"}' },
      { at: 7, kind: 'returned', text: 'no', failed: true },
      { at: 7, kind: 'noted', text: 'waiting for the API (retry 2 of 10, server error 500)' },
      { at: 7, kind: 'noted', text: 'at the rate limit until 1970-01-01T00:00:00.000Z' },
      { at: 7, kind: 'noted', text: 'compacted the conversation' },
      { at: 7, kind: 'denied', tool: 'Write', why: 'not here' },
    ]);
  });

  it("leaves out a subagent's words, not its tools", () => {
    const inner: StreamEvent = {
      kind: 'message',
      text: 'inner',
      calls: [{ id: 'a', name: 'Bash', input: { command: 'ls' } }],
      isReply: false,
    };
    expect(entriesOf([inner], 0)).toEqual([{ at: 0, kind: 'called', tool: 'Bash', input: 'ls' }]);
  });

  it('is compact: every text has its bound', () => {
    const long = 'x'.repeat(100_000);
    const events: StreamEvent[] = [
      {
        kind: 'message',
        text: long,
        calls: [{ id: 'a', name: 'Bash', input: { command: long } }],
        isReply: true,
      },
      { kind: 'tool-results', results: [{ id: 'a', isError: false, text: long }] },
      { kind: 'denied', tool: 'Bash', why: long },
    ];
    const lengths = [...entriesOf(events, 0), steeredEntry(long, 0)].map(
      (entry) => JSON.stringify(entry).length,
    );
    expect(Math.max(...lengths)).toBeLessThan(4_100);
    expect(clip('abc', 3)).toBe('abc');
    expect(clip('abcd', 3)).toBe('ab…');
  });
});

describe('progress', () => {
  it('names what keeps the agent from going on', () => {
    expect(progressOf({ ...retry, attempt: undefined })).toBe('waiting for the API');
    expect(progressOf({ ...retry, of: undefined, error: { name: undefined, status: undefined } })).toBe(
      'waiting for the API (retry 2, no reason given)',
    );
    expect(progressOf({ kind: 'compacting' })).toBe('compacting the conversation');
    expect(progressOf({ kind: 'api-error', error: { name: 'rate_limit', status: 429 } })).toBe(
      'refused by the API (rate limit 429)',
    );
    expect(
      progressOf({ kind: 'rate-limit', status: 'allowed_warning', resetsAt: 5, window: 'x' }),
    ).toBeUndefined();
  });
});
