import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** The children that this process started on purpose, told from those that came to it because their parents died. */
export interface OwnChildren {
  /** True for the pid of a child that Node started and has not yet seen end. */
  has(pid: number): boolean;
  /** Ends the watch. */
  stop(): void;
}

const channel = 'child_process';

/**
 * Notes every child that this thread starts from now on; whatever was started before stays unknown. Children of `spawnSync`
 * need no note, since they are gone before anybody can look.
 */
export function watchOwnChildren(): OwnChildren {
  let children: ChildProcess[] = [];
  const note = (message: unknown): void => {
    // The channel tells of a child before it has its pid, so the object is kept and not the number.
    children = [...children.filter(isThere), (message as { process: ChildProcess }).process];
  };
  subscribe(channel, note);
  return {
    has(pid) {
      children = children.filter(isThere);
      return children.some((child) => child.pid === pid);
    },
    stop: () => void unsubscribe(channel, note),
  };
}

function isThere({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}
