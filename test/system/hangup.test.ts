import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { homePaths } from '../../src/lib/config/paths.ts';
import { createControlClient } from '../../src/faces/control/client.ts';
import type { DaemonClient } from '../../src/client.ts';
import { packagePath } from '../../src/lib/package-root.ts';
import { closeAfterTest } from '../helpers/closers.ts';
import { databasePid, endDaemons, newHome, startDaemon, type TestDaemon, until } from '../helpers/daemon.ts';
import { leakGuard } from '../helpers/leak-guard.ts';
import { survivorsOf } from '../helpers/survivors.ts';

leakGuard({ withinMs: 15_000 });
afterEach(() => endDaemons());

const main = packagePath('dist', 'src', 'main.js');
const env = {
  NINJAD_AGENT: packagePath('test', 'fixtures', 'agents', 'family.sh'),
  NINJAD_KILL_GRACE_MS: '300',
};
const config = { 'shutdown.drainMs': 0 };
const logOf = (home: string) => {
  const path = join(home, 'logs', 'ninjad.log');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
};

async function untilFamilyIsUp(home: string): Promise<void> {
  await until('the family is up', async () => (await survivorsOf(home)).includes('sleep 605'));
}

/** True where a process listens at a TCP port. */
function listens(pid: number, port: number): boolean {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const inodes = readFileSync(`/proc/${pid}/net/tcp`, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === '0A' && local?.endsWith(end))
    .map((fields) => `socket:[${fields[9] ?? ''}]`);
  return readdirSync(`/proc/${pid}/fd`).some((fd) => inodes.includes(linkOf(`/proc/${pid}/fd/${fd}`)));
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** Runs a command on a pty of script(1): killing that closes it, as killing a tmux server does. */
function inTerminal(home: string, command: string): ChildProcess {
  const terminal = spawn('/usr/bin/script', ['-qc', command, '/dev/null'], {
    env: {
      PATH: '/usr/bin:/bin',
      HOME: home,
      NINJAD_HOME: home,
      NINJAD_PORT: '0',
      NINJAD_ALLOW_DOWNLOAD: 'false',
      ...env,
    },
    stdio: 'ignore',
  });
  closeAfterTest(() => terminal.kill('SIGKILL'));
  return terminal;
}

describe('the daemon', () => {
  it('stops in order and leaves nobody when its terminal goes away', async () => {
    const home = await newHome(config);
    const terminal = inTerminal(home, `exec ${process.execPath} ${main} up`);
    await until('it is ready', () => logOf(home).includes('"ready: '));
    const [daemon] = readFileSync(
      `/proc/${terminal.pid as number}/task/${terminal.pid as number}/children`,
      'utf8',
    ).split(' ');
    const writer = spawn('sh', [
      '-c',
      `echo 'NORMAL|cron:a||task|start a family' > ${join(home, 'events.fifo')}`,
    ]);
    await once(writer, 'exit');
    await untilFamilyIsUp(home);
    terminal.kill('SIGKILL');
    await until('the daemon is gone', () => !readdirSync('/proc').includes(daemon ?? ''), 30_000);
    expect(await survivorsOf(home)).toEqual([]);
    expect(logOf(home)).toMatch(/"signal":"SIGHUP".*\n(.*\n)*.*"msg":"stopped"/);
  });

  it('goes on where its terminal is closed and no signal tells it', async () => {
    const home = await newHome(config);
    const terminal = inTerminal(home, `setsid -f ${process.execPath} ${main} up; exec sleep 600`);
    await until('it is ready', () => logOf(home).includes('"ready: '));
    const client: DaemonClient = createControlClient(homePaths(home).controlSocket);
    const { pid } = await client.ask('status.get', {});
    closeAfterTest(() => existsSync(`/proc/${pid}`) && process.kill(pid, 'SIGKILL'));
    terminal.kill('SIGKILL');
    await once(terminal, 'exit');
    // Each of these lines makes one of the log, which the terminal does not take any more.
    const writer = spawn('sh', [
      '-c',
      `for i in 1 2 3; do echo bad line; done > ${join(home, 'events.fifo')}`,
    ]);
    await once(writer, 'exit');
    await until('it has read them', async () => (await client.ask('status.get', {})).counts.rejected === 3);
    process.kill(pid, 'SIGTERM');
    await until('it stops in order', () => logOf(home).includes('"msg":"stopped"'));
    await until('it is gone', () => !existsSync(`/proc/${pid}`), 30_000);
  });

  it('ends by SIGQUIT and SIGHUP as by SIGTERM, and no debugger opens at SIGUSR1', async () => {
    let daemon: TestDaemon = await startDaemon({ env, config });
    const children = [daemon.child.pid as number, databasePid(daemon) as number];
    for (const pid of children) process.kill(pid, 'SIGUSR1');
    // A statement's answer comes after the signal was handled in both.
    expect(await daemon.value('SELECT 1')).toBe(1);
    expect(children.map((pid) => listens(pid, 9229))).toEqual([false, false]);
    expect(daemon.log()).not.toContain('Debugger');
    daemon.write('NORMAL|cron:a||task|start a family\n');
    await untilFamilyIsUp(daemon.home);
    // The agent's --version hangs as well, and is ended with everybody.
    expect(await daemon.kill('SIGQUIT')).toMatchObject({ code: 0, signal: null });
    expect(await survivorsOf(daemon.home)).toEqual([]);

    daemon = await startDaemon({ home: daemon.home, env });
    await untilFamilyIsUp(daemon.home);
    daemon.child.kill('SIGHUP');
    await until('it drains', () => daemon.log().includes('stopping;'));
    await until('the drain has begun', async () => (await daemon.status()).tasks.running === 1);
    daemon.child.kill('SIGQUIT');
    const { signal } = await daemon.kill('SIGQUIT');
    expect(signal).toBe('SIGQUIT');
    expect(await survivorsOf(daemon.home)).toEqual([]);
  });

  it('ends as by SIGTERM at every signal that would end it without a word', async () => {
    for (const signal of ['SIGUSR2', 'SIGALRM', 'SIGXCPU', 'SIGIO'] as const) {
      const daemon = await startDaemon({ env, config });
      daemon.write('NORMAL|cron:a||task|start a family\n');
      await untilFamilyIsUp(daemon.home);
      expect(await daemon.kill(signal)).toMatchObject({ code: 0, signal: null });
      expect(await survivorsOf(daemon.home)).toEqual([]);
    }
  });
});
