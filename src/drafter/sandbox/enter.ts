import { sandboxFlags, type SandboxFlag, type SandboxView } from './flags.ts';

/** A command as it is to run inside. */
export interface InsideCommand {
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
}

/** The same command by way of bubblewrap, from outside. */
export interface EnteredCommand {
  command: string;
  args: string[];
  env: Record<string, string>;
}

/** Variables that a shell on the way in adds; they tell of folders outside. */
const shellNames = ['PWD', 'OLDPWD', 'SHLVL', '_'];

const limited = 'ulimit -c 0; ulimit -f "$0"; exec "$@"';
const blockBytes = 512;

/**
 * The command line that runs `inside` in a sandbox. The environment is given by spawn and not by arguments, where `ps` would
 * show it, so spawn must extend nothing. No file may grow beyond `maxFileBytes`.
 */
export function enterSandbox(
  bwrap: string,
  view: SandboxView,
  inside: InsideCommand,
  { maxFileBytes, flags = sandboxFlags(view) }: { maxFileBytes: number; flags?: readonly SandboxFlag[] },
): EnteredCommand {
  const blocks = String(Math.ceil(maxFileBytes / blockBytes));
  return {
    command: bwrap,
    args: [
      ...flags.flatMap(({ args }) => args),
      ...shellNames.flatMap((name) => ['--unsetenv', name]),
      '--',
      '/bin/sh',
      '-c',
      limited,
      blocks,
      inside.command,
      ...inside.args,
    ],
    env: { ...inside.env },
  };
}
