import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { closeAfterTest } from '../closers.ts';
import { tempDir } from '../temp-dir.ts';

const program = '/usr/sbin/sshd';

/** Why there is no sshd to test against; undefined where there is one. */
export const withoutSshd: string | undefined = !existsSync(program)
  ? 'skipped: there is no /usr/sbin/sshd (apt install openssh-server)'
  : process.platform !== 'linux'
    ? 'skipped: sshd is tried on Linux only'
    : undefined;

/** A real sshd on loopback, with a configuration, host key, user key and port of its own. */
export interface TestSshd {
  address: string;
  identity: string;
  folder: string;
  /** Ends it and begins anew on the same port, with another host key where that is wanted. */
  restart(options?: { newKey?: boolean }): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it. `banner` is what it sends before the login; `rc` a start-up file of the shell. */
export async function startSshd({ rc = '' }: { rc?: string } = {}): Promise<TestSshd> {
  const folder = tempDir();
  mkdirSync('/run/sshd', { recursive: true });
  const port = await freePort();
  const key = (name: string): void =>
    void execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
  key('user');
  key('host-1');
  writeFileSync(join(folder, 'authorized'), execFileSync('cat', [join(folder, 'user.pub')]), { mode: 0o600 });
  writeFileSync(join(folder, 'banner'), 'Only for the brave.\nload 99 99 99\n');
  writeFileSync(join(folder, 'noise.sh'), rc);
  let child: ReturnType<typeof spawn> | undefined;
  const start = async (hostKey: string): Promise<void> => {
    writeFileSync(
      join(folder, 'config'),
      [
        `Port ${port}`,
        'ListenAddress 127.0.0.1',
        `HostKey ${join(folder, hostKey)}`,
        `AuthorizedKeysFile ${join(folder, 'authorized')}`,
        `Banner ${join(folder, 'banner')}`,
        `PidFile none`,
        'UsePAM no',
        'StrictModes no',
        'PasswordAuthentication no',
        'PermitRootLogin yes',
        `ForceCommand . ${join(folder, 'noise.sh')}; eval "$SSH_ORIGINAL_COMMAND"`,
      ].join('\n'),
    );
    child = spawn(program, ['-D', '-e', '-f', join(folder, 'config')], { stdio: 'ignore' });
    for (const until = Date.now() + 30_000; Date.now() < until;)
      if (await listens(port)) return;
      else await delay(50);
    throw new Error('sshd does not listen');
  };
  const stop = async (): Promise<void> => {
    const running = child;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGTERM');
    await gone;
  };
  let hostKey = 'host-1';
  await start(hostKey);
  closeAfterTest(stop);
  return {
    address: `${userInfo().username}@127.0.0.1:${port}`,
    identity: join(folder, 'user'),
    folder,
    stop,
    async restart({ newKey = false } = {}) {
      await stop();
      if (newKey) {
        hostKey = 'host-2';
        key(hostKey);
      }
      await start(hostKey);
    },
  };
}

/** A port of loopback that nobody has. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
