import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { DaemonClient } from '../../src/client.ts';
import { createControlClient } from '../../src/faces/control/client.ts';
import { homePaths } from '../../src/lib/config/paths.ts';
import { packagePath } from '../../src/lib/package-root.ts';
import { closeAfterTest } from '../helpers/closers.ts';
import { endDaemons, newHome, runNinjad, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';

leakGuard({ withinMs: 15_000 });
afterEach(() => endDaemons());

const main = packagePath('dist', 'src', 'main.js');
const slowAgent = packagePath('test', 'fixtures', 'agents', 'family.sh');

/** `ninjad up` on a pty, with what it has written so far; what is written to its stdin is typed. */
function upOnTerminal(home: string, env: Record<string, string> = {}) {
  const terminal = spawn('/usr/bin/script', ['-qefc', `exec ${process.execPath} ${main} up`, '/dev/null'], {
    env: {
      PATH: '/usr/bin:/bin',
      HOME: home,
      NINJAD_HOME: home,
      NINJAD_PORT: '0',
      NINJAD_ALLOW_DOWNLOAD: 'false',
      NO_COLOR: '1',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  closeAfterTest(() => terminal.kill('SIGKILL'));
  let shown = '';
  terminal.stdout.setEncoding('utf8').on('data', (chunk: string) => (shown += chunk));
  const ended = new Promise<number | null>((resolve) => terminal.once('close', resolve));
  return { type: (keys: string) => terminal.stdin.write(keys), lines: () => linesOf(shown), ended };
}

/** As they stand on the screen: what a carriage return goes back over is gone. */
function linesOf(shown: string): string[] {
  return shown
    .split('\r\n')
    .map((line) => line.slice(line.lastIndexOf('\u001B[K') + 1).replace('[K', ''))
    .filter((line) => line.trim() !== '');
}

it.runIf(process.platform === 'linux')(
  'greets on a terminal, prints a line a task and no line of the log, and says what its end waits for',
  async () => {
    const home = await newHome();
    const { type, lines, ended } = upOnTerminal(home, {
      npm_lifecycle_event: 'start',
      npm_package_name: 'ninjad',
    });
    const said = (part: string) => lines().some((line) => line.includes(part));
    await until('it has greeted', () => said('Ctrl-C stops it'));
    const greeting = lines();
    expect(greeting.length).toBeGreaterThanOrEqual(3);
    expect(greeting.length).toBeLessThanOrEqual(14);
    expect(greeting[0]).toMatch(/^ninjad 0\.1\.0 ready in \d/);
    expect(greeting.filter((line) => /http:\/\/127\.0\.0\.1:\d+\/enter#/.test(line))).toHaveLength(1);
    expect(greeting.join('\n')).toContain('Try        npx ninjad ask');
    expect((await runNinjad(home, ['ask', 'is this the first?'])).code).toBe(0);
    await until('the task has its line', () => said('task 1 done'));
    expect(lines().join('\n')).not.toMatch(/"level":|INFO|WARN|\breason:/);
    expect(readFileSync(join(home, 'logs', 'ninjad.log'), 'utf8')).toContain('"ready: ');
    type('\u0003');
    expect(await ended).toBe(0);
    expect(lines().slice(-2)).toEqual([expect.stringContaining('Stopping.'), 'Stopped.']);
  },
);

it.runIf(process.platform === 'linux')('says which task its end waits for', async () => {
  const home = await newHome({ 'shutdown.drainMs': 60_000 });
  const { type, lines, ended } = upOnTerminal(home, {
    NINJAD_AGENT: slowAgent,
    NINJAD_KILL_GRACE_MS: '300',
  });
  await until('it has greeted', () => lines().some((line) => line.includes('Ctrl-C stops it')));
  await runNinjad(home, ['send', '-c', 'task', 'start a family']);
  await until('it runs', async () => (await runNinjad(home, ['status'])).stdout.includes('1 running'));
  type('\u0003');
  const waits = /Stopping: waits up to 1 m for task 1 \(start a family\)\. Ctrl-C again ends at once\./;
  await until('it says what it waits for', () => waits.test(lines().join(' ')));
  type('\u0003');
  await ended;
});

it('runs behind the terminal, is looked at, restarted and stopped', async () => {
  const home = await newHome();
  const env = { NINJAD_PORT: '0' };
  const pidIn = async () => Number(/pid (\d+)/.exec((await runNinjad(home, ['status'], env)).stdout)?.[1]);
  closeAfterTest(async () => {
    await runNinjad(home, ['stop', '--now'], env);
  });
  const up = await runNinjad(home, ['up', '-d'], env);
  expect({ code: up.code, stderr: up.stderr }).toEqual({ code: 0, stderr: '' });
  expect(up.stdout).toMatch(/^ninjad 0\.1\.0 ready in /);
  expect(up.stdout).toMatch(/http:\/\/127\.0\.0\.1:\d+\/enter#/);
  expect(up.stdout.trim().split('\n').length).toBeLessThanOrEqual(14);
  const first = await pidIn();
  const again = await runNinjad(home, ['up', '--detach'], env);
  expect({ code: again.code, head: again.stdout.split('\n')[0] }).toEqual({
    code: 0,
    head: `ninjad runs already, pid ${first}`,
  });

  const status = await runNinjad(home, ['status'], env);
  expect(status.stdout.trim().split('\n').length).toBeLessThanOrEqual(14);
  expect(status.stdout).not.toContain('journal-keeper');
  expect((await runNinjad(home, ['status', '--tree'], env)).stdout).toMatch(/● journal-keeper +running/);
  const logs = await runNinjad(home, ['logs', '-n', '500', '--json'], env);
  expect(logs.stdout.split('\n').filter((line) => line.includes('"ready: '))).toHaveLength(1);

  expect((await runNinjad(home, ['restart'], env)).code).toBe(0);
  const second = await pidIn();
  expect(second).not.toBe(first);
  await until('the one before is gone', () => !existsSync(`/proc/${first}`));

  // The page has no terminal: it asks the daemon itself.
  const client: DaemonClient = createControlClient(homePaths(home).controlSocket);
  await client.ask('daemon.restart', {});
  await until('another one is ready', async () => {
    const now = await client.ask('status.get', {}).catch(() => undefined);
    return now?.ready === true && now.pid !== second;
  });
  await until('the one before is gone', () => !existsSync(`/proc/${second}`));
  const third = await pidIn();
  const stopped = await runNinjad(home, ['stop'], env);
  expect(stopped).toMatchObject({ code: 0, stdout: `stopped (it was pid ${third})\n`, stderr: '' });
  expect(await runNinjad(home, ['stop'], env)).toMatchObject({ code: 3 });
});

it('says why where it cannot be started behind the terminal', async () => {
  const home = await newHome({ mailbox: { agingMs: 1 } });
  const { code, stdout, stderr } = await runNinjad(home, ['up', '-d']);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^ninjad: unknown setting mailbox\.agingMs .*did you mean mailbox\.ageingMs\?\n$/);
});
