import { spawn } from 'node:child_process';
import { keeperOf } from './service/keeper.ts';

/** Has the daemon end in order and start again; running tasks may finish first. Throws where nothing can be started. */
export type Restart = () => void;

export interface RestartDeps {
  pid: number;
  /** The command line that this one was started by, from the program on, without the words of the command. */
  command: readonly [program: string, ...args: string[]];
  env: NodeJS.ProcessEnv;
  /** Whether somebody starts the daemon again as soon as it ends. */
  isKept?: (pid: number) => boolean;
}

/**
 * See `Restart`. A service ends itself, and its manager starts it again; what was started by hand has a process of its own
 * do both, which outlives it, and runs behind the terminal then.
 */
export function createRestart({
  pid,
  command: [program, ...args],
  env,
  isKept = (own) => keeperOf(own) !== undefined,
}: RestartDeps): Restart {
  return () => {
    if (isKept(pid)) process.kill(pid, 'SIGTERM');
    else spawn(program, [...args, 'restart'], { env, detached: true, stdio: 'ignore' }).unref();
  };
}
