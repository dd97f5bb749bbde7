import { join } from 'node:path';
import { Command } from 'commander';
import { openHome } from '../../lib/config/open-home.ts';
import { homeFrom, type HomePaths } from '../../lib/config/paths.ts';
import { createSettings } from '../../settings.ts';
import { finishRestore } from '../../upkeep/backup/take-place.ts';
import { takeNotifier } from '../../upkeep/service/notifier.ts';
import { startOrPark } from '../../upkeep/service/park.ts';
import { writeComplaint } from '../failure.ts';
import { detach } from './detach.ts';
import { createScreen } from './screen.ts';

const help = `
On a terminal it greets with a link into the dashboard, good once and for 15 minutes, and prints a
line for each task; the log goes to the folder logs of the home (ninjad logs). Elsewhere the log
goes to stderr as JSON too, and the link to stdout, but nowhere under a service manager (\`ninjad
dashboard\` prints one at any time). SIGTERM, Ctrl-C or the end of the terminal lets running tasks
finish for a while and exits 0; a second signal ends it at once. One daemon a home.

Examples:
  $ ninjad up
  $ ninjad up -d                 behind the terminal; ninjad stop ends it
  $ NINJAD_HOME=/srv/ninjad NINJAD_PORT=0 ninjad up
`;

/** `ninjad up`: the daemon itself. */
export function upCommand(): Command {
  return new Command('up')
    .description('run the daemon, in this terminal or behind it')
    .option('-d, --detach', 'run it behind the terminal, and return when it is ready')
    .addHelpText('after', help)
    .action(async ({ detach: isBehind }: { detach?: true }) => {
      if (isBehind === true) {
        await detach(await homeToRun());
        return;
      }
      // Whoever read along may go; the daemon stays.
      for (const stream of [process.stdout, process.stderr])
        stream.removeAllListeners('error').on('error', () => undefined);
      // The daemon takes the address out of the environment itself.
      const notifier = takeNotifier({ ...process.env });
      process.exitCode = await startOrPark(async () => runHere(await homeToRun()), {
        notifier,
        complain: (reason) => writeComplaint(`${reason}; it is tried again until that is mended`),
      });
    });
}

async function homeToRun(): Promise<HomePaths> {
  const home = homeFrom(process.env);
  // A restore that was killed may have left the home without its name.
  await finishRestore(home);
  return openHome(home);
}

async function runHere(paths: HomePaths): Promise<number> {
  const settings = createSettings({ configFile: paths.configFile, env: process.env });
  const { runDaemon } = await import('../../daemon.ts');
  const logFile = join(paths.logs, 'ninjad.log');
  const screen = process.stdout.isTTY ? createScreen({ out: process.stdout, logFile }) : undefined;
  return await runDaemon({
    paths,
    settings,
    env: process.env,
    ...(screen !== undefined && { screen }),
  });
}
