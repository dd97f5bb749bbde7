import { Command } from 'commander';
import { openHome } from '../lib/config/open-home.ts';
import { homeFrom } from '../lib/config/paths.ts';
import { finishRestore } from '../upkeep/backup/take-place.ts';
import { createSettings } from '../settings.ts';

const help = `
It stays in the foreground and logs to stderr. A link into the dashboard, good once and for
15 minutes, goes to stdout, and nowhere under a service manager (\`ninjad dashboard\` prints
one at any time). SIGTERM, Ctrl-C or the end of the terminal lets running tasks
finish for a while and exits 0; a second signal ends it at once. One daemon a home.

Examples:
  $ ninjad up
  $ NINJAD_HOME=/srv/ninjad NINJAD_PORT=0 ninjad up
`;

/** `ninjad up`: the daemon itself. */
export function upCommand(): Command {
  return new Command('up')
    .description('run the daemon in the foreground')
    .addHelpText('after', help)
    .action(async () => {
      // Whoever read along may go; the daemon stays.
      for (const stream of [process.stdout, process.stderr])
        stream.removeAllListeners('error').on('error', () => undefined);
      const home = homeFrom(process.env);
      // A restore that was killed may have left the home without its name.
      await finishRestore(home);
      const paths = openHome(home);
      const settings = createSettings({ configFile: paths.configFile, env: process.env });
      const { runDaemon } = await import('../daemon.ts');
      process.exitCode = await runDaemon({ paths, settings, env: process.env });
    });
}
