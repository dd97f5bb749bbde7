import { mkdirSync } from 'node:fs';
import { execa } from 'execa';
import type { Launch } from '../../src/tasks/run/launch.ts';

/** The process of an agent. */
export type AgentChild = ReturnType<typeof startAgentChild>;

/** Starts an agent in a session of its own. Its `pid` is undefined where no process came to be. */
export function startAgentChild(
  { command, args, env }: Pick<Launch, 'command' | 'args' | 'env'>,
  cwd: string,
) {
  mkdirSync(cwd, { recursive: true });
  const child = execa(command, args, {
    cwd,
    env,
    extendEnv: false,
    detached: true,
    buffer: false,
    reject: false,
    encoding: 'buffer',
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  child.catch(() => {});
  // An agent that does not read, or has gone, shows by its exit, not by EPIPE.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {});
  return child;
}

/** Lets go of an agent: nothing is said to it and nothing heard of it any more. */
export function closePipes({ stdin, stdout, stderr }: AgentChild): void {
  stdin.destroy();
  stdout.destroy();
  stderr.destroy();
}
