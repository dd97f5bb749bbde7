import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

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
