import { Command } from 'commander';
import { readAlerts } from '../alerts/alert-file.ts';
import { alertLines } from './alert-lines.ts';
import { connect, currentPaths } from './connect.ts';
import { printJson, printLines } from './print.ts';
import { statusLines } from './status-lines.ts';

const help = `
Examples:
  $ ninjad status
  $ ninjad status --json | jq .mailbox.depth
  $ ninjad status >/dev/null 2>&1 || ninjad up      exit status 3 means: not running
`;

/** `ninjad status`: how the daemon is. */
export function statusCommand(): Command {
  return new Command('status')
    .description('show how the daemon is doing')
    .option('--json', 'print it as JSON')
    .addHelpText('after', help)
    .action(async ({ json }: { json?: true }) => {
      const paths = currentPaths();
      const alerts = readAlerts(paths.alert);
      // They stand in a file, so that they are told also where no daemon answers.
      if (json !== true) printLines(alertLines(alerts, Date.now()));
      const status = await connect(paths).ask('status.get', {});
      if (json === true) printJson({ ...status, alerts });
      else printLines(statusLines(status, Date.now()));
    });
}
