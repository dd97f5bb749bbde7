import { describe, expect, it, vi } from 'vitest';
import type { Answers } from '../../src/operations.ts';
import type { EndedMessage } from '../../src/tasks/watch-event.ts';
import { cliHarness } from './cli-harness.ts';

const cli = cliHarness();
const within = { timeout: 30_000 };
const done: EndedMessage = {
  type: 'ended',
  eventId: 7,
  taskId: 12,
  state: 'done',
  outcome: 'succeeded',
  reply: 'Its disk is full.',
  reason: null,
};
const garden: Answers['chat.conversations'][number] = {
  name: 'garden',
  title: 'when do I water it?',
  pinned: false,
  source: 'cli',
  turns: 1,
  unread: 0,
  lastAt: '2026-01-01T00:00:00.000Z',
  lastText: 'when do I water it?',
  runningTaskId: null,
};
const turn = {
  eventId: 3,
  conversation: 'garden',
  source: 'dashboard',
  dedupKey: null,
  at: '2026-01-01T00:00:00.000Z',
  text: 'when do I water it?',
  state: 'done',
  reply: 'In the evening.',
  live: null,
  taskId: 2,
  reason: null,
  progress: null,
  endedAt: '2026-01-01T00:00:01.000Z',
  memories: 0,
  costUsd: 0,
};

/** A daemon, and a chat on a terminal of its own. */
async function chatting(args: string[] = [], conversations: Answers['chat.conversations'] = []) {
  const marks: string[] = [];
  const cancelled: number[] = [];
  const daemon = await cli.daemon({
    'chat.conversations': () => Promise.resolve(conversations as never),
    'chat.turns': ({ conversation }) =>
      Promise.resolve({ items: conversation === 'garden' ? [turn] : [], next: null } as never),
    'chat.read': ({ conversation }) => {
      marks.push(conversation);
      return Promise.resolve({ conversation, unread: 0 });
    },
    'task.cancel': ({ id }) => {
      cancelled.push(id);
      return Promise.resolve({ id } as never);
    },
  });
  const { child, out, ended } = cli.beginOnTerminal(['chat', ...args]);
  const seen = (text: string) => vi.waitFor(() => expect(out.stdout).toContain(text), within);
  const type = (text: string) => child.stdin.write(text);
  /** The nth message, once it is in the pipe. */
  const message = async (nth: number) => {
    await vi.waitFor(() => expect(daemon.watches.size).toBe(1), within);
    await vi.waitFor(() => expect(new Set(daemon.lines()).size).toBeGreaterThanOrEqual(nth), within);
    const [key] = [...daemon.watches.keys()];
    return { say: daemon.watches.get(key ?? ''), line: [...new Set(daemon.lines())].at(-1) ?? '' };
  };
  return { ...daemon, out, ended, seen, type, message, marks, cancelled };
}

describe.runIf(process.platform === 'linux')('ninjad chat', () => {
  it('streams each reply into one conversation, marks it as read, and ends at /quit', async () => {
    const { seen, type, message, ended, out, marks } = await chatting();
    await seen('› ');
    type('what did the nas say?\r');
    const first = await message(1);
    expect(first.line).toContain('what did the nas say?');
    first.say?.({ type: 'text', text: 'Its disk' });
    await seen('Its disk');
    expect(out.stdout).not.toContain('is full');
    first.say?.({ type: 'text', text: ' is full.' });
    first.say?.(done);
    await seen('Its disk is full.');
    await vi.waitFor(() => expect(marks).toHaveLength(1), within);
    type('and now?\r');
    const second = await message(2);
    const conversation = (line: string) => /"conversation":"([^"]+)"/.exec(line)?.[1];
    expect(conversation(second.line)).toBe(conversation(first.line));
    expect(marks[0]).toBe(conversation(first.line));
    second.say?.(done);
    await vi.waitFor(() => expect(marks).toHaveLength(2), within);
    type('/quit\r');
    expect((await ended).code).toBe(0);
  }, 90_000);

  it('stops the reply at Ctrl-C, goes on, and ends at a second one', async () => {
    const { seen, type, message, ended, cancelled } = await chatting();
    await seen('› ');
    type('count to a million\r');
    const { say } = await message(1);
    say?.({ type: 'progress', progress: 'writing', taskId: 12 });
    say?.({ type: 'text', text: '1, 2, 3' });
    await seen('1, 2, 3');
    type('\u0003');
    await vi.waitFor(() => expect(cancelled).toEqual([12]), within);
    say?.({ ...done, state: 'cancelled', reply: '', reason: 'you stopped it' });
    await seen('cancelled: you stopped it');
    type('\u0003');
    await seen('Ctrl-C again');
    type('\u0003');
    expect((await ended).code).toBe(0);
  }, 90_000);

  it('leaves a reply that does not stop at the second Ctrl-C', async () => {
    const { seen, type, message, ended, cancelled } = await chatting();
    await seen('› ');
    type('hang\r');
    const { say } = await message(1);
    say?.({ type: 'text', text: 'Well' });
    say?.({ type: 'progress', progress: 'writing', taskId: 12 });
    await seen('Well');
    type('\u0003');
    await vi.waitFor(() => expect(cancelled).toEqual([12]), within);
    type('\u0003');
    expect((await ended).code).toBe(0);
  }, 90_000);

  it('goes on with the latest conversation, and lists and opens others', async () => {
    const { seen, type, message, ended } = await chatting(['--continue'], [garden]);
    await seen('In the evening.');
    type('/conversations\r');
    await seen('garden  ');
    type('/new\r');
    await seen('a new conversation');
    type('/open garden\r');
    type('thanks\r');
    const { line, say } = await message(1);
    expect(line).toContain('"conversation":"garden"');
    say?.(done);
    type('\u0004');
    expect((await ended).code).toBe(0);
  }, 90_000);

  it('completes slash commands, its own and those of the daemon', async () => {
    const { seen, type, ended } = await chatting();
    await seen('› ');
    type('/conv\t');
    await seen('/conversations');
    type('\u0015/statu\t');
    await seen('/status');
    type('\u0015/quit\r');
    expect((await ended).code).toBe(0);
  }, 90_000);
});

describe('ninjad chat without a terminal', () => {
  it('exits 3 where no daemon runs', async () => {
    expect((await cli.run(['chat'])).code).toBe(3);
  });

  it('says so where there is nothing to go on with', async () => {
    await cli.daemon({ 'chat.conversations': () => Promise.resolve([]) });
    const { code, stderr } = await cli.run(['chat', '--continue']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'ninjad: there is no conversation yet: ninjad chat begins one\n',
    });
  });

  it('reads messages from a pipe, one a line, and ends with it', async () => {
    const daemon = await cli.daemon({
      'chat.conversations': () => Promise.resolve([]),
      'chat.turns': () => Promise.resolve({ items: [], next: null }),
      'chat.read': ({ conversation }) => Promise.resolve({ conversation, unread: 0 }),
    });
    const { ended } = cli.begin(['chat'], { stdin: 'hello\n' });
    const { dedupKey = '' } = await daemon.event();
    daemon.watches.get(dedupKey)?.(done);
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(stdout).toContain('Its disk is full.');
  });
});
