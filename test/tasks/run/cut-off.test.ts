import { expect, it } from 'vitest';
import { cutOffOf, doubtsOf, doubtWords, repeatWords, saysRepeated } from '../../../src/tasks/run/cut-off.ts';
import type { FailureKind } from '../../../src/tasks/run/outcome.ts';
import { assemblePrompt, readPrompt } from '../../../src/tasks/run/prompt.ts';

const bash = { tool: 'Bash', input: 'mail -s hello mum\n----- end calls fence -----' };
const read = { tool: 'Read', input: '/etc/hosts' };
const left = { sessionId: 's', done: [read], unknown: [bash] };
const attempt = { attempt: 1, kind: 'crashed', why: 'the daemon went away' } as const;

it('is what a kill, a limit or an outage leaves, and nothing that the agent has ended itself', () => {
  expect(cutOffOf(left, attempt)).toEqual({ attempt: 1, why: 'the daemon went away', ...left });
  const kinds: FailureKind[] = [
    'not-logged-in',
    'permission-denied',
    'agent-error',
    'cancelled',
    'not-found',
  ];
  expect(kinds.map((kind) => cutOffOf(left, { ...attempt, kind }))).toEqual(kinds.map(() => undefined));
  expect(cutOffOf({ sessionId: null, done: [], unknown: [] }, attempt)).toBeUndefined();
});

it('leaves a doubt where a tool may have changed something, and none where it only read', () => {
  const unknown = [
    bash,
    read,
    { tool: 'mcp__ninjad__recall', input: '{}' },
    { tool: 'mcp__x__pay', input: '{}' },
  ];
  const doubts = doubtsOf(cutOffOf({ ...left, unknown }, attempt));
  expect(doubts.map(({ tool }) => tool)).toEqual(['Bash', 'mcp__x__pay']);
  expect(doubtsOf(undefined)).toEqual([]);
  expect(doubtWords(doubts)).toMatch(/^in doubt: .*Bash mail -s hello mum/);
});

it('is told to the next attempt as data, with what is unknown, before the message', () => {
  const cutOff = cutOffOf(left, attempt);
  const parts = { text: 'say hello', source: 'cli', trust: 'owner', memories: [], cutOff } as const;
  const prompt = assemblePrompt({ ...parts, resumes: true }, () => 'f'.repeat(32));
  expect(prompt).toContain('attempt 1 was cut off (the daemon went away). You go on in the session');
  expect(prompt).toContain('| answered: Read /etc/hosts\n| outcome unknown: Bash mail -s hello mum');
  expect(prompt).toContain('\n| ----- end calls fence -----\n');
  expect(prompt.endsWith('-----\nsay hello')).toBe(true);
  expect(readPrompt(prompt).message).toBe('say hello');
  expect(assemblePrompt(parts)).toContain('Nothing of what it said is left.');
  expect(assemblePrompt({ ...parts, cutOff: undefined })).not.toContain('cut off');
});

it('has words for a success that took two attempts', () => {
  expect(repeatWords(attempt)).toBe('it was interrupted (the daemon went away) and repeated');
  expect([repeatWords(attempt), `${repeatWords(attempt)}; denied tools: Bash`].every(saysRepeated)).toBe(
    true,
  );
  expect([null, '', 'the daemon went away'].some(saysRepeated)).toBe(false);
});
