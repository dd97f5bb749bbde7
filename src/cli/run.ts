import { Command, CommanderError } from 'commander';
import { versionLine } from '../lib/version.ts';
import { commands } from './commands.ts';
import { exitCodeOf, exitCodes, reportFailure } from './failure.ts';

const footer = `
Exit status: 0 done, 1 failed, 2 wrong usage, 3 the daemon does not run.
ninjad backup has more of them, see its help.
The home is $NINJAD_HOME, by default ~/.ninjad.

Examples:
  $ ninjad up                                 run the daemon in this terminal
  $ ninjad ask "what did the nas say?"        ask, and read the reply as it is written
  $ ninjad send -c note "disk on nas at 91%"  leave an event
  $ ninjad status                             see how it is doing
`;

/** Runs one command line (without `node` and the script) and sets the exit status of this process. */
export async function run(args: readonly string[]): Promise<void> {
  // `ninjad tasks | head` closes our output early; that is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(exitCodes.done);
  });
  try {
    await (await programFor(args[0])).parseAsync(args, { from: 'user' });
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      process.exitCode = thrown.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    } else {
      process.exitCode = exitCodeOf(thrown);
      reportFailure(thrown);
    }
  }
}

/** The program with all of its commands, or with the one that is named, which starts sooner. */
export async function programFor(name?: string): Promise<Command> {
  const program = new Command('ninjad')
    .description(
      'A personal agent daemon: one named pipe in, a supervision tree inside, Postgres for all it knows.',
    )
    .version(versionLine(), '-V, --version')
    .showHelpAfterError('(add --help to see how it is used)')
    .addHelpText('after', footer)
    .exitOverride();
  const load = name === undefined || !Object.hasOwn(commands, name) ? undefined : commands[name];
  for (const make of load === undefined ? Object.values(commands) : [load]) {
    const command = await make();
    inheritFrom(program, command);
    program.addCommand(command);
  }
  return program;
}

/** commander hands settings down only to commands that are made after them. */
function inheritFrom(parent: Command, command: Command): void {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inheritFrom(command, child);
}
