import { Command } from 'commander';
import { readAlerts } from '../alerts/alert-file.ts';
import { NinjadError } from '../lib/errors.ts';
import { alertLines } from './alert-lines.ts';
import { connect, currentPaths } from './connect.ts';
import { printJson, printLines } from './print.ts';
import { asLaunched } from './as-launched.ts';
import { statusLines, wholeStatusLines } from './status-lines.ts';

/** More stand in `--tree`: the short status is to stay on a screen. */
const shownAlerts = 2;
/** Even a daemon that is very busy says so within a few seconds. */
const answerMs = 20_000;

const help = `
Examples:
  $ ninjad status
  $ ninjad status --tree                 all of it, with the parts of the daemon
  $ ninjad status --json | jq .mailbox.depth
  $ ninjad status >/dev/null 2>&1 || ninjad up      exit status 3 means: not running
`;

/** `ninjad status`: how the daemon is. */
export function statusCommand(): Command {
  return new Command('status')
    .description('show how the daemon is doing')
    .option('--tree', 'all of it, with the tree of its parts')
    .option('--json', 'print it as JSON')
    .addHelpText('after', help)
    .action(async ({ json, tree }: { json?: true; tree?: true }) => {
      const paths = currentPaths();
      const alerts = readAlerts(paths.alert);
      // They stand in a file, so that they are told also where no daemon answers.
      if (json !== true)
        printLines(alertLines(tree === true ? alerts : alerts.slice(0, shownAlerts), Date.now()));
      const status = await connect(paths, { answerMs }).ask('status.get', {}).catch(explained);
      if (json === true) printJson({ ...status, alerts });
      else {
        const lines = tree === true ? wholeStatusLines : statusLines;
        printLines(lines(status, Date.now()).map((line) => asLaunched(line)));
      }
    });
}

function explained(thrown: unknown): never {
  if (!(thrown instanceof NinjadError) || thrown.code !== 'NO_ANSWER') throw thrown;
  throw new NinjadError(
    thrown.code,
    `the daemon runs and has not answered for ${answerMs / 1_000} s: ninjad doctor looks for the reason`,
    { cause: thrown },
  );
}
