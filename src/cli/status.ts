import { Command } from 'commander';
import { connect } from './connect.ts';
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
      const status = await connect().status();
      if (json === true) printJson(status);
      else printLines(statusLines(status, Date.now()));
    });
}
