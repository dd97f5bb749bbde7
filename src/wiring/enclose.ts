import type { Launch, RunRequest } from '../lib/agent/launch.ts';
import { cgroupsOf } from '../lib/containment/containment.ts';
import { enclosedIn, makeCgroup } from '../lib/containment/task-cgroup.ts';
import { whyNotRunnable } from '../lib/process/agent-candidates.ts';
import type { Parts } from '../parts.ts';

/** Puts each run into a cgroup of its own where that can be had; where it fails for one, that run goes on without. */
export function createEncloser({ containment, log }: Pick<Parts, 'containment' | 'log'>) {
  return (launch: Launch, { task }: RunRequest): Launch => {
    const [dir] = cgroupsOf(containment, { worker: task.worker, taskId: task.id, attempt: task.attempt });
    // What cannot be run is to fail by itself, with the code that tells why, and not inside the shell.
    if (dir === undefined || whyNotRunnable(launch.command) !== undefined) return launch;
    try {
      makeCgroup(dir);
      return enclosedIn(dir, launch);
    } catch (thrown) {
      log.warn({ err: thrown, taskId: task.id }, 'the task runs without a cgroup of its own');
      return launch;
    }
  };
}
