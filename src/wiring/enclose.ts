import type { Launch, RunRequest } from '../tasks/run/launch.ts';
import { cgroupsOf } from '../lib/process/containment/containment.ts';
import { enclosedIn, makeCgroup } from '../lib/process/containment/task-cgroup.ts';
import { whyNotRunnable } from '../tasks/agents/candidates.ts';
import type { Services } from '../services.ts';

/** Begins a run: in a cgroup of its own where that can be had; where it fails for one, that run goes on without. */
export function createEncloser({
  containment,
  log,
  strays,
}: Pick<Services, 'containment' | 'log'> & { strays: Pick<Services['strays'], 'begin'> }) {
  return (launch: Launch, { task }: RunRequest): Launch => {
    const mark = { worker: task.worker, taskId: task.id, attempt: task.attempt };
    strays.begin(mark);
    const [dir] = cgroupsOf(containment, mark);
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
