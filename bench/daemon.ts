import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { homePaths } from '../src/lib/config/paths.ts';
import type { DaemonClient } from '../src/client.ts';
import { createControlClient } from '../src/faces/control/client.ts';
import { packagePath } from '../src/lib/package-root.ts';
import { clockMs } from './clock.ts';
import { createProbe, type Probe } from './probe.ts';
import { own, residentMib } from './processes.ts';

/** The built daemon on a home of its own, with a probe inside (see probe.js). */
export interface BenchDaemon extends Probe {
  home: string;
  fifo: string;
  client: DaemonClient;
  /** From the start of its process until it took events. */
  readyMs: number;
  /** Resident memory of the daemon's own process now. */
  residentMib: () => number;
  /** The single value of a statement, as a number. */
  count: (sql: string) => Promise<number>;
  /** Ends it in order; rejects where it does not end with 0. */
  stop: () => Promise<void>;
}

const readyWithinMs = 120_000;

/** Starts the daemon and waits until it takes events. */
export async function startDaemon(
  home: string,
  env: Readonly<Record<string, string>> = {},
): Promise<BenchDaemon> {
  const paths = homePaths(home);
  const client: DaemonClient = createControlClient(paths.controlSocket);
  const startedAt = clockMs();
  const child = own(spawnDaemon(home, env));
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-20_000)));
  const giveUpAt = startedAt + readyWithinMs;
  while (!(await client.ask('status.get', {}).catch(() => undefined))?.ready) {
    if (hasEnded(child)) throw new Error(`the daemon ended before it was ready:\n${log}`);
    if (clockMs() > giveUpAt) throw new Error(`the daemon was not ready within ${readyWithinMs} ms:\n${log}`);
    await delay(10);
  }
  const readyMs = clockMs() - startedAt;
  return {
    home,
    fifo: paths.fifo,
    client,
    readyMs,
    ...createProbe(child),
    residentMib: () => residentMib(child.pid ?? 0),
    count: async (sql) => Number((await client.ask('sql.run', { text: sql }))[0]?.rows[0]?.[0]),
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
      if (child.exitCode !== 0)
        throw new Error(`the daemon ended with ${child.exitCode ?? child.signalCode ?? ''}:\n${log}`);
    },
  };
}

function spawnDaemon(home: string, env: Readonly<Record<string, string>>): ChildProcess {
  const probe = new URL('./probe.js', import.meta.url).href;
  return spawn(process.execPath, ['--import', probe, packagePath('dist', 'src', 'main.js'), 'up'], {
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      LANG: 'C.UTF-8',
      NINJAD_HOME: home,
      NINJAD_PORT: '0',
      NINJAD_ALLOW_DOWNLOAD: 'false',
      NINJAD_STANDBY: '0',
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
