import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const versionsDir = '/usr/lib/postgresql';

/** The folder of the newest installed server's programs, or undefined where there is none. */
export function nativeBinaries(): string | undefined {
  if (!existsSync(versionsDir)) return undefined;
  const [newest] = readdirSync(versionsDir).sort((a, b) => Number(b) - Number(a));
  const bin = newest === undefined ? undefined : join(versionsDir, newest, 'bin');
  return bin !== undefined && existsSync(join(bin, 'initdb')) ? bin : undefined;
}

export interface NativePostgres {
  url: string;
  start(): void;
  /** As a crash: connections are cut without a word. */
  stopAtOnce(): void;
  remove(): void;
}

/** A real PostgreSQL server in a temporary folder on a free loopback port, run by `postgres` when the tests run as root. */
export async function nativePostgres(bin: string): Promise<NativePostgres> {
  const dir = mkdtempSync(join(tmpdir(), 'ninjad-native-'));
  const data = join(dir, 'data');
  const port = await freePort();
  const asRoot = process.getuid?.() === 0;
  if (asRoot) {
    chmodSync(dir, 0o700);
    const [uid, gid] = ['-u', '-g'].map((flag) =>
      Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' })),
    );
    chownSync(dir, uid ?? 0, gid ?? 0);
  }
  const run = (program: string, ...args: string[]): void => {
    const command = [join(bin, program), ...args];
    const [file = '', ...rest] = asRoot ? ['runuser', '-u', 'postgres', '--', ...command] : command;
    execFileSync(file, rest, { stdio: 'ignore', cwd: dir });
  };
  const options = `-c listen_addresses=127.0.0.1 -c port=${port} -c unix_socket_directories=${dir} -c fsync=off`;
  const start = (): void => run('pg_ctl', '-D', data, '-w', '-l', join(dir, 'log'), '-o', options, 'start');
  const stopAtOnce = (): void => run('pg_ctl', '-D', data, '-w', '-m', 'immediate', 'stop');
  run('initdb', '-D', data, '-U', 'ninja', '-A', 'trust', '-E', 'UTF8', '--no-locale', '-N');
  start();
  return {
    url: `postgresql://ninja:secret@127.0.0.1:${port}/postgres`,
    start,
    stopAtOnce,
    remove() {
      try {
        stopAtOnce();
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
