import { readFileSync, statSync } from 'node:fs';

/**
 * Whether somebody holds the flock on a file, without touching it, by /proc/locks (proc_locks(5)): trying the lock
 * could be in the way of a daemon that starts. Undefined where that cannot be seen (not Linux).
 */
export function isLockHeld(path: string, locksFile = '/proc/locks'): boolean | undefined {
  let locks: string;
  try {
    locks = readFileSync(locksFile, 'utf8');
  } catch {
    return undefined;
  }
  const inode = statSync(path, { throwIfNoEntry: false })?.ino;
  if (inode === undefined) return false;
  return locks.split('\n').some((line) => / FLOCK /.test(line) && line.includes(`:${inode} `));
}
