import { describe, expect, it } from 'vitest';
import type { StreamEvent } from '../../../src/tasks/run/stream-event.ts';
import { createToolWaits } from '../../../src/tasks/run/tool-waits.ts';

const call = (id: string, name: string, input: Record<string, unknown> = {}): StreamEvent => ({
  kind: 'message',
  text: '',
  calls: [{ id, name, input }],
  isReply: true,
});
const answer = (id: string): StreamEvent => ({
  kind: 'tool-results',
  results: [{ id, isError: false, text: '' }],
});

function allowanceAfter(...events: StreamEvent[]): number {
  const waits = createToolWaits();
  waits.note(events);
  return waits.allowanceMs();
}

describe('tool waits', () => {
  it("allow Bash its own limit, or the CLI's default of two minutes", () => {
    expect(allowanceAfter()).toBe(0);
    expect(allowanceAfter(call('a', 'Bash', { timeout: 600_000 }))).toBe(600_000);
    expect(allowanceAfter(call('a', 'Bash'))).toBe(120_000);
    expect(allowanceAfter(call('a', 'Read'))).toBe(0);
    expect(allowanceAfter(call('a', 'Monitor', { timeout_ms: 300_000 }))).toBe(300_000);
  });

  it('end with the answer of each tool, and all with the turn', () => {
    const both = [call('a', 'Bash', { timeout: 9_000 }), call('b', 'Bash', { timeout: 5_000 })];
    expect(allowanceAfter(...both)).toBe(9_000);
    expect(allowanceAfter(...both, answer('a'))).toBe(5_000);
    expect(allowanceAfter(...both, answer('a'), answer('b'))).toBe(0);
    const result = { kind: 'result', result: {} } as StreamEvent;
    expect(allowanceAfter(...both, result)).toBe(0);
  });

  it("take the model's word for an hour at most, and nonsense for nothing", () => {
    expect(allowanceAfter(call('a', 'Bash', { timeout: 1e12 }))).toBe(3_600_000);
    expect(allowanceAfter(call('a', 'Bash', { timeout: 'long' }))).toBe(120_000);
    expect(allowanceAfter(call('a', 'Bash', { timeout: -1 }))).toBe(120_000);
  });
});
