import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename } from 'node:path';

/** Lets this process, and what it starts from now on, run behind others, as a copy of everything may while the daemon answers people. */
export function behindOthers(): void {
  putBack(0);
}

/**
 * Lets the thread that calls it run behind the others of its process. Linux keeps a priority for each thread; elsewhere it would be
 * that of the process, so nothing is done there.
 * Source: setpriority(2), "C library/kernel differences".
 */
export function threadBehindOthers(): void {
  if (process.platform !== 'linux') return;
  putBack(Number(basename(readlinkSync('/proc/thread-self'))));
}

function putBack(id: number): void {
  try {
    setPriority(id, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // One that was started further behind already may not come forward.
  }
}
