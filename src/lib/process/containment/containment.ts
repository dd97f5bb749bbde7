import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskMark } from '../marker.ts';
import { messageOf } from '../../errors.ts';
import { cgroupDirectory, cgroupMounts, ownCgroupPath } from './cgroup-mounts.ts';
import { type DelegationFacts, whyNotDelegated } from './delegation.ts';
import { tryCgroup } from './try-cgroup.ts';
import { taskCgroupDir } from './task-cgroup.ts';

/**
 * Way in which the processes of tasks are held together. `cgroup`: each attempt in a cgroup of its own, which nothing
 * leaves by forking. `marker`: by an environment variable, descent, session and group alone.
 */
export type Containment =
  | { tier: 'cgroup'; /** Parent of the cgroups of the tasks. */ base: string; reason: string }
  | { tier: 'marker'; base: null; reason: string };

/** The tier in force: `subreaper` is the marker's, held together besides by a daemon to which lost processes come. */
export interface Tier {
  tier: Containment['tier'] | 'subreaper';
  reason: string;
}

/** Names the tier for people, given whether lost processes come to the daemon. */
export function tierInForce({ tier, reason }: Containment, adopts: boolean): Tier {
  if (tier === 'cgroup' || !adopts) return { tier, reason };
  return {
    tier: 'subreaper',
    reason: `what loses its parents comes to the daemon and ends with its task; no cgroup: ${reason}`,
  };
}

/** Surroundings that detection looks at; for tests. */
export interface ContainmentHost {
  platform: NodeJS.Platform;
  mountinfo: () => string;
  cgroup: () => string;
  delegation?: DelegationFacts;
}

const thisHost: ContainmentHost = {
  platform: process.platform,
  mountinfo: () => readFileSync('/proc/self/mountinfo', 'utf8'),
  cgroup: () => readFileSync('/proc/self/cgroup', 'utf8'),
};

/**
 * Finds out whether tasks can have cgroups, by trying it: a cgroup is made, a process put into it and killed by it.
 * Only in our own cgroup, and only where that is ours to use. We stay where we are: without controllers the rule
 * against processes in inner cgroups does not apply. `marker` asks for the lower tier. Never rejects.
 */
export async function detectContainment(
  wanted: 'auto' | 'marker',
  host: ContainmentHost = thisHost,
): Promise<Containment> {
  try {
    const base = wanted === 'auto' ? ownCgroup(host) : { problem: 'the setting task.containment says so' };
    if ('problem' in base) return { tier: 'marker', base: null, reason: base.problem };
    const problem = await tryCgroup(base.dir);
    if (problem !== undefined) return { tier: 'marker', base: null, reason: problem };
    return { tier: 'cgroup', base: base.dir, reason: `each task gets a cgroup in ${base.dir}` };
  } catch (thrown) {
    return { tier: 'marker', base: null, reason: `cgroups could not be examined: ${messageOf(thrown)}` };
  }
}

/** The directory of an attempt's cgroup, as a list for `terminateFamily`: empty on the lower tier. */
export function cgroupsOf({ base }: Containment, mark: TaskMark): string[] {
  return base === null ? [] : [taskCgroupDir(base, mark)];
}

function ownCgroup(host: ContainmentHost): { dir: string } | { problem: string } {
  if (host.platform !== 'linux') return { problem: 'only Linux has cgroups' };
  const path = ownCgroupPath(host.cgroup());
  if (path === undefined) return { problem: 'this kernel runs without cgroup v2' };
  const dir = cgroupDirectory(path, cgroupMounts(host.mountinfo()));
  if (dir === undefined) return { problem: `no cgroup v2 mount shows our cgroup ${path}` };
  const problem = whyNotDelegated(path, dir, host.delegation) ?? whyNotWritable(dir);
  return problem === undefined ? { dir } : { problem };
}

function whyNotWritable(dir: string): string | undefined {
  try {
    accessSync(dir, constants.W_OK);
    accessSync(join(dir, 'cgroup.procs'), constants.W_OK);
    return undefined;
  } catch (thrown) {
    return `our cgroup ${dir} is not writable for us (${(thrown as NodeJS.ErrnoException).code ?? messageOf(thrown)})`;
  }
}
