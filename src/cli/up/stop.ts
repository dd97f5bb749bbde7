import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import type { Status } from '../../faces/status/status.ts';
import { openHome } from '../../lib/config/open-home.ts';
import { homeFrom, type HomePaths } from '../../lib/config/paths.ts';
import { NinjadError } from '../../lib/errors.ts';
import { isLockHeld } from '../../doctor/held-lock.ts';
import { keeperOf, type ServiceKeeper } from '../../upkeep/service/keeper.ts';
import { connect, currentPaths } from '../connect.ts';
import { printLines } from '../print.ts';
import { cut, oneLine } from '../printable.ts';
import { detach } from './detach.ts';

const lookMs = 100;

const stopHelp = `
Running tasks may finish for a while first (shutdown.drainMs); --now does not wait for them.
Exit status 3 where no daemon runs. One that runs as a service is
stopped by its manager, until ninjad service restart or the next boot.

Examples:
  $ ninjad stop
  $ ninjad stop --now
`;

const restartHelp = `
Running tasks may finish for a while first (shutdown.drainMs); --now does not wait for them. Where none
runs, one is started. It runs behind the terminal then, also where it was started in one; a service stays one.

Examples:
  $ ninjad restart
`;

/** `ninjad stop`: ends the daemon and waits until it is gone. */
export function stopCommand(): Command {
  return new Command('stop')
    .description('stop the daemon')
    .option('--now', 'do not wait for running tasks')
    .addHelpText('after', stopHelp)
    .action(async ({ now }: { now?: true }) => {
      const { pid } = await stop(currentPaths(), now === true);
      printLines([`stopped (it was pid ${pid})`]);
    });
}

/** `ninjad restart`: ends the daemon and starts it behind the terminal. */
export function restartCommand(): Command {
  return new Command('restart')
    .description('stop the daemon, and start it behind this terminal')
    .option('--now', 'do not wait for running tasks')
    .addHelpText('after', restartHelp)
    .action(async ({ now }: { now?: true }) => {
      const paths = openHome(homeFrom(process.env));
      const stopped = isLockHeld(paths.lock) === false ? undefined : await stop(paths, now === true);
      if (stopped?.keeper === undefined) await detach(paths);
      else {
        stopped.keeper.restart();
        printLines(['restarted, as a service: ninjad service status']);
      }
    });
}

interface Stopped extends Pick<Status, 'pid'> {
  /** Whoever kept it as a service. */
  keeper: ServiceKeeper | undefined;
}

/** Tells the daemon to stop and resolves when it has let go of its home. Rejects with NOT_RUNNING where none runs. */
async function stop(paths: HomePaths, isNow: boolean): Promise<Stopped> {
  const client = connect(paths);
  const { pid, tasks } = await client.ask('status.get', {});
  if (tasks.running > 0 && !isNow) {
    const { items } = await client.ask('tasks.list', { state: 'running', limit: 5 });
    const named = items.map(({ id, text }) => `task ${id} (${cut(oneLine(text), 30)})`).join(', ');
    printLines([`waits for ${named}; --now does not`]);
  }
  const keeper = keeperOf(pid);
  if (isNow) for (const signal of ['SIGTERM', 'SIGTERM'] as const) process.kill(pid, signal);
  // Whoever keeps it would start it again.
  if (keeper !== undefined) keeper.stop();
  else if (!isNow) process.kill(pid, 'SIGTERM');
  while (isAlive(pid, paths)) await delay(lookMs);
  return { pid, keeper };
}

function isAlive(pid: number, paths: HomePaths): boolean {
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EPERM')
      throw new NinjadError('NOT_PERMITTED', `pid ${pid} belongs to another user`, { cause: thrown });
    return false;
  }
  // A process that its parent has not waited for yet has let go of everything; the number may be another's by now.
  return isLockHeld(paths.lock) ?? !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
