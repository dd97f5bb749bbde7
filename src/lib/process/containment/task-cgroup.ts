import { mkdirSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskMark } from '../marker.ts';
import { cgroupMounts } from './cgroup-mounts.ts';

/** A command line that runs in a cgroup, or as it was. */
interface CommandLine {
  command: string;
  args: string[];
}

/** A cgroup that was made for an attempt of a task, and is there. */
export interface TaskCgroup {
  mark: TaskMark;
  dir: string;
}

const taskName = /^ninjad-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-(\d{1,15})-(\d{1,9})$/;
/** Far deeper than systemd, containers and our own tasks nest. */
const maxDepth = 16;

/** Place of the cgroup of an attempt, below the cgroup `base`: `ninjad-<worker>-<task>-<attempt>`. */
export function taskCgroupDir(base: string, { worker, taskId, attempt }: TaskMark): string {
  return join(base, `ninjad-${worker}-${taskId}-${attempt}`);
}

/** Makes the cgroup, which may be there already. Throws the kernel's refusal. */
export function makeCgroup(dir: string): void {
  mkdirSync(dir, { recursive: true });
}

/**
 * The same command line by way of a shell that moves itself into the cgroup first and then becomes the command (exec),
 * under its own pid: so nothing of it was ever outside. Should the move fail, the command runs all the same, and the
 * shell's complaint is on its stderr.
 */
export function enclosedIn<Line extends CommandLine>(dir: string, line: Line): Line {
  const args = ['-c', 'echo $$ > "$0"; exec "$@"', join(dir, 'cgroup.procs'), line.command, ...line.args];
  return { ...line, command: '/bin/sh', args };
}

/** The cgroups of a worker's tasks, wherever in the mounted v2 hierarchies: a former life may have run elsewhere. */
export async function findTaskCgroups(worker: string): Promise<TaskCgroup[]> {
  if (process.platform !== 'linux') return [];
  const mounts = cgroupMounts(await readFile('/proc/self/mountinfo', 'utf8'));
  const found = await Promise.all(
    [...new Set(mounts.map(({ point }) => point))].map((point) => search(point, 0)),
  );
  return found.flat().filter(({ mark }) => mark.worker === worker);
}

async function search(dir: string, depth: number): Promise<TaskCgroup[]> {
  if (depth > maxDepth) return [];
  const found: TaskCgroup[] = [];
  for (const entry of await entriesOf(dir)) {
    if (!entry.isDirectory()) continue;
    const below = join(dir, entry.name);
    const [, worker, task, attempt] = taskName.exec(entry.name) ?? [];
    if (worker !== undefined)
      found.push({ mark: { worker, taskId: Number(task), attempt: Number(attempt) }, dir: below });
    found.push(...(await search(below, depth + 1)));
  }
  return found;
}

async function entriesOf(dir: string) {
  try {
    return await readdir(dir, { withFileTypes: true });
  } catch {
    // It was removed meanwhile, or is not ours to look into.
    return [];
  }
}
