import { Command } from 'commander';
import { connect } from './connect.ts';
import { printJson, printLines } from './print.ts';

const help = `
The link lets one browser in, once, within 15 minutes; the browser then stays in for 30 days.

Examples:
  $ ninjad dashboard
  $ ninjad dashboard --renew          a new token: every browser and script has to come in anew
  $ xdg-open "$(ninjad dashboard --json | jq -r .url)"
`;

/** `ninjad dashboard`: a one-time link into the dashboard. */
export function dashboardCommand(): Command {
  return new Command('dashboard')
    .description('print a one-time link into the dashboard')
    .option('--renew', 'make a new token first, which ends every session')
    .option('--json', 'print it as JSON')
    .addHelpText('after', help)
    .action(async ({ renew, json }: { renew?: true; json?: true }) => {
      const link = await connect().ask('dashboard.link', { renew: renew === true });
      if (json === true) printJson(link);
      else printLines([link.url]);
    });
}
