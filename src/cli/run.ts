import { Command, CommanderError } from 'commander';
import { versionLine } from '../lib/version.ts';
import { asLaunched } from './as-launched.ts';
import { commandGroups } from './command-names.ts';
import { loaderOf } from './commands.ts';
import { exitCodeOf, exitCodes, reportFailure, writeComplaint } from './failure.ts';

const footer = `
Exit status: 0 done, 1 failed, 2 wrong usage, 3 the daemon does not run.
ninjad backup has more of them, see its help.
The home is $NINJAD_HOME, by default ~/.ninjad.

Examples:
  $ ninjad up -d                              run the daemon behind this terminal
  $ ninjad ask "what did the nas say?"        ask, and read the reply as it is written
  $ ninjad chat                               talk to it
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
    .usage('[options] <command>')
    .version(versionLine(), '-V, --version')
    .helpOption('-h, --help', 'show this, or the help of a command')
    .helpCommand(false)
    .showHelpAfterError(`(add --help to see how it is used)`)
    .configureOutput({
      writeOut: (text) => process.stdout.write(asLaunched(text)),
      writeErr: (text) => process.stderr.write(asLaunched(text)),
      outputError: (text) => writeComplaint(text.replace(/^error: /, '').trimEnd()),
    })
    .addHelpText('after', footer)
    .exitOverride();
  // It says no word of any command, and all of them together take long to load.
  if (name === '-V' || name === '--version') return program;
  // A completion is made of all of them.
  const load = name === 'completion' ? undefined : loaderOf(name);
  for (const [heading, names] of Object.entries(commandGroups)) {
    for (const make of load === undefined ? names.map((each) => loaderOf(each)) : [load]) {
      const command = (await make()).helpGroup(`${heading}:`);
      inheritFrom(program, command);
      program.addCommand(command);
    }
    if (load !== undefined) break;
  }
  return program;
}

/** commander hands settings down only to commands that are made after them. */
function inheritFrom(parent: Command, command: Command): void {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inheritFrom(command, child);
}
