import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../errors.ts';
import { cgroupMembers, killCgroup, removeCgroup } from '../cgroup.ts';
import { enclosedIn, makeCgroup } from './task-cgroup.ts';

const prefix = 'ninjad-trial-';
const trialMs = 5_000;
/** Age of a trial cgroup whose maker must have died over it. */
const oldMs = 60_000;

/** Reason why a cgroup below `base` cannot hold and end a process, found by doing it once; undefined where it can. */
export async function tryCgroup(base: string): Promise<string | undefined> {
  removeOldTrials(base);
  const dir = join(base, `${prefix}${process.pid}`);
  let child: ChildProcess | undefined;
  try {
    makeCgroup(dir);
    if (!existsSync(join(dir, 'cgroup.kill'))) return 'the kernel has no cgroup.kill (Linux 5.14)';
    const { command, args } = enclosedIn(dir, { command: '/bin/sh', args: ['-c', 'echo in; read _'] });
    child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    const signal = AbortSignal.timeout(trialMs);
    if (child.stdout !== null) await once(child.stdout, 'data', { signal });
    if (child.pid === undefined || !cgroupMembers(dir).includes(child.pid))
      return `a process could not be moved into a cgroup below ${base}`;
    const exit = once(child, 'exit', { signal });
    killCgroup(dir);
    await exit;
    return undefined;
  } catch (thrown) {
    return `a cgroup below ${base} could not be used: ${messageOf(thrown)}`;
  } finally {
    child?.kill('SIGKILL');
    removeCgroup(dir);
  }
}

function removeOldTrials(base: string): void {
  const trials = readdirSync(base).filter((name) => name.startsWith(prefix));
  for (const name of trials) {
    const dir = join(base, name);
    const madeAt = statSync(dir, { throwIfNoEntry: false })?.mtimeMs;
    if (madeAt !== undefined && Date.now() - madeAt > oldMs) removeCgroup(dir);
  }
}
