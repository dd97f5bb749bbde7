import { closeSync, constants, openSync, readdirSync, rmdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { readProc } from './read-proc.ts';

/**
 * The pids in a cgroup (version 2) and in those below it; empty where there is no such cgroup. A zombie is not in it,
 * and who lives in a pid namespace that we cannot see into is left out.
 */
export function cgroupMembers(dir: string): number[] {
  const own = readProc(join(dir, 'cgroup.procs'))?.toString('latin1').split('\n') ?? [];
  const pids = own.map(Number).filter((pid) => pid > 0);
  return [...pids, ...cgroupsIn(dir).flatMap(cgroupMembers)];
}

/** True while a live process is in the cgroup or below it, by the kernel's own count (`cgroup.events`). */
export function isPopulated(dir: string): boolean {
  return /^populated 1$/m.test(readProc(join(dir, 'cgroup.events'))?.toString('latin1') ?? '');
}

/** True when we ourselves are in the cgroup or below it: then it must not be killed as a whole. */
export function isOwnCgroup(dir: string): boolean {
  return cgroupMembers(dir).includes(process.pid);
}

/**
 * SIGKILL to everybody in the cgroup and below at once, which no fork outruns (`cgroup.kill`, Linux 5.14).
 * Does nothing where it is gone, or where we are in it. Throws the kernel's refusal.
 */
export function killCgroup(dir: string): void {
  if (isOwnCgroup(dir)) return;
  try {
    writeOnly(join(dir, 'cgroup.kill'), '1');
  } catch (thrown) {
    if (!isGone(thrown)) throw thrown;
  }
}

/** Removes a cgroup and those below it; false where somebody is still in one of them. */
export function removeCgroup(dir: string): boolean {
  try {
    cgroupsIn(dir).forEach(removeCgroup);
    rmdirSync(dir);
    return true;
  } catch (thrown) {
    return isGone(thrown);
  }
}

/** For a file of mode 0200, which root alone may open for more. It is not made where it is missing. */
function writeOnly(path: string, text: string): void {
  const fd = openSync(path, constants.O_WRONLY);
  try {
    writeSync(fd, text);
  } finally {
    closeSync(fd);
  }
}

function cgroupsIn(dir: string): string[] {
  try {
    const entries = readdirSync(dir, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(dir, name));
  } catch {
    return [];
  }
}

function isGone(thrown: unknown): boolean {
  const { code } = thrown as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENODEV';
}
