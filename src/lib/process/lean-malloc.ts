import { loadKoffi } from '../koffi.ts';

/** Parameters of mallopt(3) of glibc. */
const trimThreshold = -1;
const mmapThreshold = -3;
const arenaMax = -8;

/**
 * Lets glibc give memory back after a flood of large lines: two arenas instead of eight a core, and blocks of 128 KiB and more
 * from the kernel and back to it, a bound that glibc otherwise raises with each large block. False where that cannot be had.
 */
export function leanMalloc(): boolean {
  try {
    const mallopt = loadKoffi()?.load(null).func('int mallopt(int param, int value)');
    if (mallopt === undefined) return false;
    const set = [
      [arenaMax, 2],
      [mmapThreshold, 128 * 1024],
      [trimThreshold, 128 * 1024],
    ].map(([parameter, value]) => mallopt(parameter, value) === 1);
    return set.every(Boolean);
  } catch {
    // Another C library has no such function.
    return false;
  }
}
