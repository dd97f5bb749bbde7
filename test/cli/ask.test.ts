import { describe, expect, it, vi } from 'vitest';
import type { EndedMessage, WatchMessage } from '../../src/tasks/watch-event.ts';
import { cliHarness, jsonOf, type RunOptions } from './cli-harness.ts';
import { eventually } from '../helpers/eventually.ts';

const cli = cliHarness();
const routed = { type: 'routed', eventId: 7, route: 'task', rule: 'human', status: 'task' } as const;
const done: EndedMessage = {
  type: 'ended',
  eventId: 7,
  taskId: 12,
  state: 'done',
  outcome: 'succeeded',
  reply: 'Its disk is full.',
  reason: null,
};

async function asking(args: string[], options: RunOptions = {}) {
  const daemon = await cli.daemon();
  const asked = cli.begin(['ask', ...args], options);
  const event = await daemon.event();
  const say = (...messages: WatchMessage[]) => {
    for (const message of messages) daemon.watches.get(event.dedupKey ?? '')?.(message);
  };
  return { ...asked, daemon, event, say };
}

describe('ninjad ask', () => {
  it('watches first, then writes a HUMAN event, and streams the reply to stdout as it comes', async () => {
    const { event, daemon, say, out, ended } = await asking(['what', 'did the nas say?']);
    expect(event).toMatchObject({
      priority: 0,
      source: 'cli',
      category: 'ask',
      text: 'what did the nas say?',
    });
    expect(daemon.calls).toEqual([['watch', event.dedupKey]]);
    // A question stands in Chat as a conversation of its own.
    expect(event.conversation).toMatch(/^ask-/);

    say({ type: 'accepted' }, routed, { type: 'progress', progress: 'recalling', taskId: 12 });
    say({ type: 'text', text: 'Its disk' });
    await vi.waitFor(() => expect(out.stdout).toBe('Its disk'), { timeout: 20_000 });
    say({ type: 'text', text: ' is full.' }, done);
    expect(await ended).toEqual({ code: 0, stdout: 'Its disk is full.\n', stderr: '' });
  });

  it('says on stderr, once, what may be decided about a silence or a doubt, also where no terminal reads it', async () => {
    const { say, ended } = await asking(['--json', 'hello']);
    const quiet = 'no word from the model for 3 minutes; it is tried until 14:22';
    say(routed, { type: 'progress', progress: quiet, taskId: 12 });
    say({ type: 'progress', progress: quiet, taskId: 12 });
    say({ type: 'progress', progress: 'in doubt: nobody knows whether Bash mail mum', taskId: 12 }, done);
    const { stderr, ...rest } = await ended;
    expect(stderr.split('\n')).toEqual([
      `ninjad: ${quiet}. Stop it: ninjad task 12 --cancel; ask again: ninjad task 12 --again`,
      'ninjad: in doubt: nobody knows whether Bash mail mum. Go on: ninjad task 12 --go-on; leave it: ninjad task 12 --leave',
      '',
    ]);
    expect(JSON.parse(rest.stdout)).toEqual(done);
  });

  it('prints the reply of a reflex, which does not stream', async () => {
    const { event, say, ended } = await asking(['/status']);
    expect(event.conversation).toBeUndefined();
    say({ ...routed, status: 'done' }, { ...done, taskId: null, reply: 'all is well\n' });
    expect(await ended).toEqual({ code: 0, stdout: 'all is well\n', stderr: '' });
  });

  it('goes on with a named conversation and reads stdin', async () => {
    const { event, say, ended } = await asking(['--conversation', 'garden', '-'], { stdin: 'water?\n' });
    expect(event).toMatchObject({ conversation: 'garden', text: 'water?' });
    say(done);
    expect((await ended).code).toBe(0);
  });

  it('prints the final record alone with --json', async () => {
    const { say, ended } = await asking(['--json', 'hello']);
    say(routed, { type: 'text', text: 'Its disk' }, done);
    expect(jsonOf(await ended)).toEqual(done);
  });

  it.each([
    ['failed', 'the agent was silent for 10 m', 'ninjad: failed: the agent was silent for 10 m\n'],
    ['dropped', null, 'ninjad: dropped: whatever\n'],
  ])('exits 1 with the reason when it ends %s', async (state, reason, stderr) => {
    const { say, ended } = await asking(['hello']);
    say(routed, { type: 'text', text: 'Well' }, { ...done, state, reason, outcome: 'whatever' });
    expect(await ended).toEqual({ code: 1, stdout: 'Well\n', stderr });
  });

  it('exits 1 with --json too, and still prints the record', async () => {
    const { say, ended } = await asking(['--json', 'hello']);
    const failed = { ...done, state: 'dead', reason: 'three attempts failed' };
    say(failed);
    const ran = await ended;
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({
      code: 1,
      stderr: 'ninjad: dead: three attempts failed\n',
    });
    expect(JSON.parse(ran.stdout)).toEqual(failed);
  });

  it('says after ten seconds that the question is not safe yet, and waits without limit once it is', async () => {
    const { daemon, say, out, ended } = await asking(['hello']);
    await vi.waitFor(() => expect(out.stderr).toContain('not safe yet'), { timeout: 30_000 });
    expect(out.stderr).toBe(
      'ninjad: not safe yet: the pipe is full or not read; it is tried for 30 s in all\n',
    );
    const written = daemon.lines();
    expect(written.length).toBeGreaterThanOrEqual(3);
    expect(new Set(written).size).toBe(1);
    say({ type: 'accepted' }, routed, done);
    expect((await ended).code).toBe(0);
  });

  it('gives up where the question is not kept', async () => {
    const { ended } = await asking(['hello']);
    const { code, stdout, stderr } = await ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('ninjad: not kept within 30 s; it may still be: see ninjad status\n');
  }, 120_000);

  it('detaches at Ctrl-C and says that the task goes on', async () => {
    const { say, child, out, ended, daemon } = await asking(['hello']);
    say(routed, { type: 'progress', progress: 'running', taskId: 12 }, { type: 'text', text: 'Let me' });
    await vi.waitFor(() => expect(out.stdout).toBe('Let me'), { timeout: 20_000 });
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: 'Let me\n' });
    expect(stderr).toContain('detached; the task goes on, see: ninjad task 12');
    await eventually(() => expect(daemon.watches.size).toBe(0));
  });

  it('exits 1 and says where to look when the daemon goes away', async () => {
    const { say, daemon, out, ended } = await asking(['hello']);
    say(routed, { type: 'text', text: 'Let me' });
    await vi.waitFor(() => expect(out.stdout).toBe('Let me'), { timeout: 20_000 });
    daemon.stop();
    const { code, stderr } = await ended;
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'ninjad: the daemon went away; see later: ninjad tasks\n',
    });
  });
});

describe.runIf(process.platform === 'linux')('ninjad ask on a terminal', () => {
  it('shows progress until the reply comes, and lets neither command the terminal', async () => {
    const daemon = await cli.daemon();
    const { out, ended } = cli.beginOnTerminal(['ask', 'hello']);
    const { dedupKey = '' } = await daemon.event();
    const send = daemon.watches.get(dedupKey);
    send?.({ type: 'progress', progress: 'reading \u001B[2J the mail', taskId: 12 });
    await vi.waitFor(() => expect(out.stdout).toContain('reading \uFFFD[2J the mail'), { timeout: 20_000 });
    send?.({ type: 'text', text: 'It says \u001B]0;owned\u0007 hi.' });
    send?.(done);
    expect((await ended).code).toBe(0);
    expect(out.stdout.slice(out.stdout.indexOf('mail') + 4)).toBe(
      '\r\u001B[KIt says \uFFFD]0;owned\uFFFD hi.\r\n',
    );
  });
});
