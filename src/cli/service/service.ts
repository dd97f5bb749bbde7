import { Command } from 'commander';
import { installCommand } from './install.ts';
import { logsCommand } from './logs.ts';
import { restartCommand, statusCommand, uninstallCommand } from './manage.ts';

const help = `
Linux: a unit of systemd, yours (the default) or the machine's (--system, with sudo); never both. macOS: a job of launchd.
The unit starts ninjad at boot or login, starts it again whenever it ends or hangs, and lets running tasks end before a stop.

Exit status besides 0 and 1: 3 the service does not run.

Examples:
  $ ninjad service install --print         show the unit and what would be run; writes nothing
  $ ninjad service install                 asks whether it may run without a login (linger)
  $ sudo ninjad service install --system
  $ ninjad service logs --follow
`;

/** `ninjad service`: ninjad as a service of this machine. */
export function serviceCommand(): Command {
  return new Command('service')
    .description('install ninjad as a service that starts at boot, and look after it')
    .addHelpText('after', help)
    .addCommand(installCommand())
    .addCommand(uninstallCommand())
    .addCommand(statusCommand())
    .addCommand(restartCommand())
    .addCommand(logsCommand());
}
