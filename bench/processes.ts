import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const running = new Set<ChildProcess>();

/** Takes note of a process that this bench has started, so that it does not outlive it. */
export function own<Child extends ChildProcess>(child: Child): Child {
  // One that could not be started has no pid and says 'error', to whoever waits for it.
  if (child.pid !== undefined) running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Kills what this bench has started and is still running, and waits until it is gone. */
export async function endOwned(): Promise<void> {
  await Promise.all(
    [...running].map(async (child) => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }),
  );
}

/** Resident memory of a process in MiB; NaN of one that has ended and waits for its parent. */
export function residentMib(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}
