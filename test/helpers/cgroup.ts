import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { type Containment, detectContainment } from '../../src/lib/process/containment/containment.ts';
import { cgroupMembers, killCgroup, removeCgroup } from '../../src/lib/process/cgroup.ts';
import { commandLineOf } from '../../src/lib/process/command-line.ts';
import { scanProcesses } from '../../src/lib/process/process-table.ts';
import { until } from './daemon.ts';

/** What this machine offers, found out by trying; says so in one line where it is nothing. */
export async function hostContainment(): Promise<Containment> {
  const containment = await detectContainment('auto');
  if (containment.tier !== 'cgroup')
    process.stderr.write(`skipped, no cgroup can be had here: ${containment.reason}\n`);
  return containment;
}

const made: string[] = [];

/** A fresh cgroup of the test's own, which is emptied and removed after it. */
export function testCgroup(base: string, name: string): string {
  const dir = join(base, name);
  mkdirSync(dir);
  made.push(dir);
  return dir;
}

afterEach(async () => {
  for (const dir of made.splice(0)) {
    killCgroup(dir);
    await until(`the cgroup ${dir} is empty`, () => cgroupMembers(dir).length === 0);
    await until(`the cgroup ${dir} is removed`, () => removeCgroup(dir));
  }
});

/** The pids of those whose whole command line is this. */
export async function pidsOf(command: string): Promise<number[]> {
  const { table } = await scanProcesses();
  return [...table.keys()].filter((pid) => commandLineOf(pid) === command);
}
