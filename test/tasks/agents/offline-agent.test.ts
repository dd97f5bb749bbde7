import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { userLine } from '../../../src/tasks/agents/claude/arguments.ts';
import { parseStreamLine } from '../../../src/tasks/agents/claude/parse-line.ts';
import type { StreamEvent } from '../../../src/tasks/run/stream-event.ts';
import { childEntry } from '../../../src/lib/process/child-entry.ts';
import { leakGuard } from '../../helpers/leak-guard.ts';

leakGuard();
const { command, args } = childEntry(import.meta.url, '../../../src/tasks/agents/offline-agent.ts');

async function talk(input: string, ...more: string[]): Promise<(StreamEvent | undefined)[]> {
  const { stdout } = await execa(command, [...args, ...more], { input });
  return stdout.split('\n').map(parseStreamLine);
}

describe('offline agent', () => {
  it('speaks the stream protocol: a beginning, the text in pieces, a result that costs nothing', async () => {
    const events = await talk(userLine('hello'), '--session-id', 'abc');
    expect(events[0]).toEqual({ kind: 'init', sessionId: 'abc', model: 'offline' });
    const text = events.map((event) => (event?.kind === 'text' ? event.text : '')).join('');
    expect(text).toContain('no language model answered this');
    expect(events.at(-1)).toEqual({
      kind: 'result',
      result: {
        subtype: 'success',
        isError: false,
        text,
        errors: [],
        sessionId: 'abc',
        totalCostUsd: 0,
        usage: {},
        deniedTools: [],
        staleSession: false,
      },
    });
    expect(events).not.toContain(undefined);
  });

  it('answers each user line, skips what is none, and goes on in a resumed session', async () => {
    const input = [userLine('one'), 'noise\n', '{"type":"control_request"}\n', userLine('two')].join('');
    const results = (await talk(input, '--resume=xyz')).filter((event) => event?.kind === 'result');
    expect(results).toHaveLength(2);
    expect(results[1]).toMatchObject({ result: { sessionId: 'xyz', isError: false } });
  });

  it('exits 0 when nobody asks anything', async () => {
    expect((await talk('')).map((event) => event?.kind)).toEqual(['init']);
  });
});
