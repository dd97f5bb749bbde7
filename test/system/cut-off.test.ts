import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { packagePath } from '../../src/lib/package-root.ts';
import { endDaemons, newHome, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { tempDir } from '../helpers/temp-dir.ts';

leakGuard({ withinMs: 15_000 });
afterEach(() => endDaemons());

/** A daemon that was killed while its agent used a tool, started again. */
async function cutOff(tool: string): Promise<{ daemon: TestDaemon; user: string }> {
  const user = tempDir();
  const home = await newHome({ 'task.killGraceMs': 200, 'task.retryMinMs': 100 });
  const env = { NINJAD_AGENT: join(packagePath('test', 'fixtures', 'agents'), 'doubtful.sh'), HOME: user };
  const first = await startDaemon({ home, env });
  first.write(`HUMAN|cli||ask|use ${tool}\n`);
  await until('the tool is at work', () => existsSync(join(user, 'begun')));
  await until('it was seen', async () =>
    (await first.ninjad('task', '1', '--transcript')).stdout.includes('mail mum'),
  );
  await first.kill('SIGKILL');
  return { user, daemon: await startDaemon({ home, env }) };
}

const stateOf = (daemon: TestDaemon) => daemon.value('SELECT state FROM tasks');

it('of a task that only read goes on by itself in its session, knows what was begun, and says that it was repeated', async () => {
  const { daemon, user } = await cutOff('Read');
  await until('it is done', async () => (await stateOf(daemon)) === 'done');
  const again = readFileSync(join(user, 'again'), 'utf8');
  expect(again).toMatch(/^.*--resume=/);
  expect(again).toContain('outcome unknown: Read mail mum');
  expect(await daemon.rows('SELECT reply, reason, attempts, cut_off, in_doubt FROM tasks')).toEqual([
    [
      'done at last',
      'it was interrupted (the daemon went away while the task ran) and repeated',
      2,
      null,
      false,
    ],
  ]);
  expect(await daemon.rows('SELECT text FROM owner_notices')).toEqual([
    ['The daemon was cut off while a task ran: task 1 is tried again.'],
  ]);
});

it('of a task whose tool may have changed something waits for the owner, who lets it go on', async () => {
  const { daemon, user } = await cutOff('Bash');
  await until('it waits', async () => (await daemon.value('SELECT in_doubt FROM tasks')) === true);
  expect(await daemon.value('SELECT progress FROM tasks')).toMatch(/^in doubt: .*Bash mail mum$/);
  const notices = (await daemon.rows('SELECT text FROM owner_notices ORDER BY id')).map(([text]) => text);
  expect(notices).toEqual([
    expect.stringMatching(/^Task 1 waits for you, in doubt: .*--go-on/),
    'The daemon was cut off while a task ran: task 1 waits for you.',
  ]);
  // Whatever else wakes the queue, it stays where it is.
  daemon.write('HUMAN|cli||ask|/status\n');
  await until('that is done', async () => (await daemon.value('SELECT count(*)::int FROM events')) === 2);
  expect(existsSync(join(user, 'again'))).toBe(false);
  expect(await daemon.ninjad('task', '1', '--go-on')).toMatchObject({
    code: 0,
    stdout: 'task 1 goes on, knowing what was begun\n',
  });
  await until('it is done', async () => (await stateOf(daemon)) === 'done');
  expect(readFileSync(join(user, 'again'), 'utf8')).toContain('outcome unknown: Bash mail mum');
  expect(await daemon.ninjad('task', '1', '--go-on')).toMatchObject({ code: 1 });
});

it.each(['wait', 'repeat'] as const)(
  'of a run of a goal in doubt follows the setting: %s',
  async (setting) => {
    const user = tempDir();
    const home = await newHome({
      'task.killGraceMs': 200,
      'task.retryMinMs': 100,
      'task.goalsInDoubt': setting,
      goals: { mailer: { when: 'every year on 2 January at 9', prompt: 'use Bash' } },
    });
    const env = { NINJAD_AGENT: join(packagePath('test', 'fixtures', 'agents'), 'doubtful.sh'), HOME: user };
    const first = await startDaemon({ home, env });
    const fired = first.ninjad('goals', 'run', 'mailer');
    await until('the tool is at work', () => existsSync(join(user, 'begun')));
    await until('it was seen', async () =>
      (await first.ninjad('task', '1', '--transcript')).stdout.includes('mail mum'),
    );
    await first.kill('SIGKILL');
    await fired;
    const daemon = await startDaemon({ home, env });
    if (setting === 'wait') {
      await until('it waits', async () => (await daemon.value('SELECT in_doubt FROM tasks')) === true);
      expect(existsSync(join(user, 'again'))).toBe(false);
      return;
    }
    await until('it is done', async () => (await stateOf(daemon)) === 'done');
    expect(readFileSync(join(user, 'again'), 'utf8')).toContain('outcome unknown: Bash mail mum');
  },
);

it('of five of 25 messages is made up for: each is answered once, and the owner hears once which were repeated', async () => {
  const user = tempDir();
  const home = await newHome({ 'task.killGraceMs': 200, 'task.retryMinMs': 100, 'lanes.total': 5 });
  const env = {
    NINJAD_AGENT: join(packagePath('test', 'fixtures', 'agents'), 'answers-when.sh'),
    HOME: user,
  };
  const first = await startDaemon({ home, env });
  const numbers = Array.from({ length: 25 }, (_, index) => index + 1);
  for (const number of numbers)
    first.write(
      `HUMAN|cli||ask|${JSON.stringify({ text: `question ${number}`, conversation: `c${number}` })}\n`,
    );
  const count = async (daemon: TestDaemon, where: string) =>
    Number(await daemon.value(`SELECT count(*) FROM tasks WHERE ${where}`));
  await until('five run and have said something', async () => {
    const queued = await count(first, `state = 'queued'`);
    return (
      queued === 20 && existsSync(join(home, 'attempts')) && readdirSync(join(home, 'attempts')).length === 5
    );
  });
  const running = (await first.rows(`SELECT id FROM tasks WHERE state = 'running' ORDER BY id`)).flat();
  await first.kill('SIGKILL');
  writeFileSync(join(user, 'go'), '');
  const daemon = await startDaemon({ home, env });
  await until('all are done', async () => (await count(daemon, `state = 'done'`)) === 25, 120_000);
  expect(await daemon.rows('SELECT count(*), count(DISTINCT reply) FROM tasks')).toEqual([[25, 25]]);
  expect(
    await daemon.value(
      `SELECT count(*) FROM tasks JOIN events ON events.id = event_id
        WHERE events.status = 'done' AND events.reply = 'answer ' || substring(prompt from '\\d+')`,
    ),
  ).toBe(25);
  expect(await daemon.value(`SELECT count(*) FROM activity_log WHERE action = 'task.done'`)).toBe(25);
  const repeated = await daemon.rows(
    `SELECT id FROM tasks WHERE reason LIKE 'it was interrupted (%) and repeated%' ORDER BY id`,
  );
  expect(repeated.flat()).toEqual(running);
  expect((await daemon.rows('SELECT text FROM owner_notices')).flat()).toEqual([
    `The daemon was cut off while 5 tasks ran: ${running.map((id) => `task ${String(id)} is tried again`).join(', ')}.`,
  ]);
});

it('of a task whose agent had not said a word yet is told all the same', async () => {
  const user = tempDir();
  const agent = join(user, 'agent.sh');
  const lines = [
    '#!/usr/bin/env bash',
    `. ${packagePath('test', 'fixtures', 'agents', 'protocol.sh')}`,
    '[ "$1" = --version ] && exit',
    '[ -e "$HOME/go" ] || { touch "$HOME/begun"; exec sleep 600; }',
    'init',
    'read -r line',
    `result 'at last'`,
    'while read -r line; do :; done',
  ];
  writeFileSync(agent, lines.join('\n'), { mode: 0o755 });
  const home = await newHome({ 'task.killGraceMs': 200, 'task.retryMinMs': 100 });
  const env = { NINJAD_AGENT: agent, HOME: user };
  const first = await startDaemon({ home, env });
  first.write('HUMAN|cli||ask|are you there?\n');
  await until('its agent is started', () => existsSync(join(user, 'begun')));
  await first.kill('SIGKILL');
  writeFileSync(join(user, 'go'), '');
  const daemon = await startDaemon({ home, env });
  await until('it is done', async () => (await stateOf(daemon)) === 'done');
  expect(await daemon.rows('SELECT reply, reason, attempts FROM tasks')).toEqual([
    [
      'at last',
      expect.stringMatching(/^it was interrupted \(the daemon went away while the task ran\) and repeated/),
      2,
    ],
  ]);
  expect(await daemon.rows('SELECT text FROM owner_notices')).toEqual([
    ['The daemon was cut off while a task ran: task 1 is tried again.'],
  ]);
});

it('of a task in doubt ends where the owner leaves it', async () => {
  const { daemon, user } = await cutOff('Bash');
  await until('it waits', async () => (await daemon.value('SELECT in_doubt FROM tasks')) === true);
  expect(await daemon.ninjad('task', '1', '--leave')).toMatchObject({ code: 0 });
  await until('it is left', async () => (await stateOf(daemon)) === 'cancelled');
  expect(existsSync(join(user, 'again'))).toBe(false);
});
