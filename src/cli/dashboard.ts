import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Command } from 'commander';
import { NinjadError } from '../lib/errors.ts';
import { connect } from './connect.ts';
import { printJson, printLines } from './print.ts';

/** How long what opens links may take to say that it cannot. */
const openerMs = 3_000;

const help = `
The link lets one browser in, once, within 15 minutes; the browser then stays in for 30 days.

Examples:
  $ ninjad dashboard
  $ ninjad dashboard --open           open it in your browser
  $ ninjad dashboard --renew          a new token: every browser and script has to come in anew
  $ ninjad dashboard --json | jq -r .url
`;

/** `ninjad dashboard`: a one-time link into the dashboard. */
export function dashboardCommand(): Command {
  return new Command('dashboard')
    .description('print a one-time link into the dashboard')
    .option('--open', 'open it in your browser: $BROWSER, else what this desktop opens links with')
    .option('--renew', 'make a new token first, which ends every session')
    .option('--json', 'print it as JSON')
    .addHelpText('after', help)
    .action(async ({ renew, open, json }: { renew?: true; open?: true; json?: true }) => {
      const link = await connect().ask('dashboard.link', { renew: renew === true });
      if (json === true) printJson(link);
      else printLines([link.url]);
      if (open === true) await openInBrowser(link.url);
    });
}

/** Resolves when the opener has ended; a browser may run on behind it. */
async function openInBrowser(url: string): Promise<void> {
  const opener = process.env['BROWSER'] || (process.platform === 'darwin' ? 'open' : 'xdg-open');
  const child = spawn(opener, [url], { stdio: 'ignore', detached: true });
  try {
    // One that opens a browser may be that browser, and run as long.
    const [code] = (await once(child, 'exit', { signal: AbortSignal.timeout(openerMs) })) as [number | null];
    if (code === 0) return;
    throw new NinjadError('NOT_OPENED', `${opener} ended with ${code ?? 'a signal'}: open the link by hand`);
  } catch (thrown) {
    if (thrown instanceof NinjadError) throw thrown;
    if ((thrown as Error).name === 'AbortError') {
      child.unref();
      return;
    }
    throw new NinjadError(
      'NOT_OPENED',
      `${opener} is not there to open it: open the link by hand, or set BROWSER`,
      {
        cause: thrown,
      },
    );
  }
}
