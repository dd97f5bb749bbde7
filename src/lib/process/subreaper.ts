import { loadKoffi } from '../koffi.ts';

/** The kernel's own way to hold on to processes that lose their parents (Linux, with koffi). */
export interface Subreaper {
  /** Takes a dead child out of the process table; false where it is alive, or is no child of ours. */
  reap(pid: number): boolean;
}

/** PR_SET_CHILD_SUBREAPER of prctl(2). */
const setChildSubreaper = 36;
/** WNOHANG of waitpid(2). */
const withoutHanging = 1;

/** Whether `becomeSubreaper` would work here. */
export function canBecomeSubreaper(): boolean {
  return loadKoffi() !== undefined;
}

/**
 * Makes this process a child subreaper: a descendant that loses its parent becomes its child and not that of init, however
 * it was forked and whatever its environment. It then has to `reap` those, since Node waits for its own children alone.
 * Undefined where that cannot be had.
 */
export function becomeSubreaper(): Subreaper | undefined {
  const library = loadKoffi()?.load(null);
  if (library === undefined) return undefined;
  const prctl = library.func(
    'int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)',
  );
  if (prctl(setChildSubreaper, 1, 0, 0, 0) !== 0) return undefined;
  const waitpid = library.func('int waitpid(int pid, _Out_ int *status, int options)');
  return { reap: (pid) => waitpid(pid, [0], withoutHanging) === pid };
}
