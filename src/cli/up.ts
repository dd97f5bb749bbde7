import { Command } from 'commander';
import { createSettings } from '../lib/config/live-settings.ts';
import { openHome } from '../lib/config/open-home.ts';
import { homeFrom } from '../lib/config/paths.ts';

const help = `
It stays in the foreground and logs to stderr. SIGTERM or Ctrl-C lets running tasks
finish for a while and exits 0; a second one ends it at once. One daemon a home.

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
      const paths = openHome(homeFrom(process.env));
      const settings = createSettings({ configFile: paths.configFile, env: process.env });
      const { runDaemon } = await import('../daemon.ts');
      process.exitCode = await runDaemon({ paths, settings, env: process.env });
    });
}
