import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { DaemonClient } from '../client.ts';
import { createControlClient } from '../faces/control/client.ts';
import { homePaths } from '../lib/config/paths.ts';
import { messageOf, NinjadError } from '../lib/errors.ts';
import { childEntry } from '../lib/process/child-entry.ts';
import { SECOND } from '../lib/time.ts';
import type { DrilledDaemon } from '../upkeep/backup/drill.ts';

/** Tells a daemon that it only has to prove that its home can be started: no channels, no agents, no sensors, no pipe. */
export const drillVariable = 'NINJAD_DRILL';

/** Parts of the tree that a drill starts; every other one could reach somebody, run something, or change a row. */
export const drilledParts: ReadonlySet<string> = new Set(['database', 'control', 'mailbox']);

const readyMs = 120 * SECOND;
const lookMs = 200;
const stopMs = 30 * SECOND;

/** Starts a daemon on a home for a drill; `databaseUrl` is its database where that is on a server. */
export async function startDrilledDaemon(home: string, databaseUrl?: string): Promise<DrilledDaemon> {
  const { command, args } = childEntry(import.meta.url, '../main.ts');
  const child = spawn(command, [...args, 'up'], {
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      NINJAD_HOME: home,
      NINJAD_PORT: '0',
      [drillVariable]: '1',
      // Stands above what the restored settings say, which is the database of before.
      ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
    },
    // By the end of the channel it hears that the drill is gone, and stops.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2_000)));
  const gone = once(child, 'exit').catch(() => undefined);
  const client: DaemonClient = createControlClient(homePaths(home).controlSocket);
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    if ((await Promise.race([gone, delay(stopMs, 'late', { ref: false })])) === 'late') child.kill('SIGKILL');
    await gone;
  };
  try {
    await untilReady(
      client,
      () => child.exitCode ?? child.signalCode,
      () => said,
    );
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  return {
    rows: async (text) => (await client.ask('sql.run', { text }))[0]?.rows ?? [],
    stop,
  };
}

async function untilReady(client: DaemonClient, ended: () => unknown, said: () => string): Promise<void> {
  const giveUpAt = performance.now() + readyMs;
  let last = 'it did not answer';
  while (performance.now() < giveUpAt) {
    if (ended() !== null)
      throw new NinjadError('DRILL_FAILED', `the daemon of the drill ended: ${said().trim()}`);
    try {
      const { database } = await client.ask('status.get', {});
      if (database.state === 'ready') return;
      last = `its database is ${database.state}`;
    } catch (thrown) {
      last = messageOf(thrown);
    }
    await delay(lookMs);
  }
  throw new NinjadError('DRILL_FAILED', `the daemon of the drill is not ready: ${last}`);
}
