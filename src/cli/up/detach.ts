import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Status } from '../../faces/status/status.ts';
import type { HomePaths } from '../../lib/config/paths.ts';
import { messageOf, NinjadError } from '../../lib/errors.ts';
import { SECOND } from '../../lib/time.ts';
import { DaemonNotRunningError } from '../../lib/wire/write-line.ts';
import { asLaunched } from '../as-launched.ts';
import { connect, type DaemonClient } from '../connect.ts';
import { printLines } from '../print.ts';
import { greetingLines } from './greeting.ts';

/** A first start makes the database, which takes long on a machine that does much else at once. */
const readyWithinMs = 180 * SECOND;
const lookMs = 100;
const keptChars = 4_000;

/** Starts a daemon behind this terminal, waits until it takes events, and greets. One that runs already is left as it is. */
export async function detach(paths: HomePaths): Promise<void> {
  const client = connect(paths);
  const before = await statusOf(client);
  const startedAt = Date.now();
  const status = before ?? (await start(client));
  const link = await client
    .ask('dashboard.link', { renew: false })
    .catch((thrown: unknown) => ({ reason: messageOf(thrown) }));
  const lines = greetingLines({
    status,
    tookMs: Date.now() - startedAt,
    dashboard: link,
    logFile: join(paths.logs, 'ninjad.log'),
    end: asLaunched('ninjad stop ends it.'),
  });
  if (before === undefined) printLines(lines);
  else printLines([`ninjad runs already, pid ${before.pid}`, ...lines.slice(1)]);
}

/** The status of the daemon once it takes events; throws with what it said where it ended before. */
export async function start(client: DaemonClient): Promise<Status> {
  const script = process.argv[1] ?? '';
  const child = spawn(process.execPath, [...process.execArgv, script, 'up'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (said = (said + chunk).slice(-keptChars)));
  const ended = once(child, 'exit').then(() => true);
  const giveUpAt = Date.now() + readyWithinMs;
  try {
    while (Date.now() < giveUpAt) {
      const status = await statusOf(client);
      if (status?.ready === true && status.pid === child.pid) return status;
      if (await Promise.race([ended, delay(lookMs, false)]))
        throw new NinjadError('NOT_STARTED', reasonIn(said));
    }
  } finally {
    child.stderr.destroy();
    child.unref();
  }
  throw new NinjadError(
    'NOT_STARTED',
    `it is not ready after ${readyWithinMs / SECOND} s and goes on; ninjad logs says what it does`,
  );
}

async function statusOf(client: DaemonClient): Promise<Status | undefined> {
  try {
    return await client.ask('status.get', {});
  } catch (thrown) {
    if (thrown instanceof DaemonNotRunningError) return undefined;
    throw thrown;
  }
}

/** The last complaint that is no line of the log. */
function reasonIn(said: string): string {
  const complaint = said
    .split('\n')
    .filter((line) => line.startsWith('ninjad: '))
    .at(-1);
  return complaint?.slice('ninjad: '.length) ?? 'it ended before it was ready; ninjad logs says why';
}
