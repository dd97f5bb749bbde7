import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { createEnvironment } from '../../fleet/probe/probe.ts';
import { probeHere } from '../../fleet/probe/local.ts';
import { reportScript } from '../../fleet/probe/script.ts';
import type { Report } from '../../fleet/report.ts';
import { messageOf, NinjadError, UsageError } from '../../lib/errors.ts';
import { isJson } from '../memory-options.ts';
import { printJson, printLines } from '../print.ts';
import { reportLines } from './lines.ts';

interface ReportOptions {
  script?: true;
  to?: string;
  tokenFile?: string;
}

const timeoutMs = 20_000;
const sendMs = 15_000;

/** `ninjad fleet report`: this machine's own report; it needs no daemon. */
export function reportCommand(): Command {
  return new Command('report')
    .description(
      'print what this machine says of itself, or send it to a ninjad elsewhere; needs no daemon here',
    )
    .option('--json', 'print it as JSON, which is what the other side takes')
    .option('--script', 'print the shell script that measures it, for hosts without Node')
    .option('--to <url>', 'send it there: the address that `fleet add --push` prints')
    .option('--token-file <file>', 'the file with the token for that (default: NINJAD_FLEET_TOKEN)')
    .addHelpText(
      'after',
      `
Examples:
  $ ninjad fleet report --json
  $ ninjad fleet report --to http://ninja.lan:7717/fleet/push/laptop --token-file ~/.fleet-token
  $ ninjad fleet report --script > report.sh        # then: sh report.sh 1 | curl --data-binary @- -H "Authorization: Bearer …" …
`,
    )
    .action(async (options: ReportOptions, command: Command) => {
      if (options.script === true) {
        process.stdout.write(reportScript);
        return;
      }
      const report = await measure();
      if (options.to !== undefined) await send(report, options.to, options.tokenFile);
      else if (isJson(command)) printJson(report);
      else printLines(reportLines(report));
    });
}

async function measure(): Promise<Report> {
  const env = createEnvironment({ env: process.env, worker: 'report' })();
  const probed = await probeHere({ env, timeoutMs, mark: randomBytes(8).toString('hex'), certificates: [] });
  if ('report' in probed) return probed.report;
  throw new NinjadError('NO_REPORT', `this machine could not be measured: ${probed.problem}`);
}

async function send(report: Report, to: string, tokenFile: string | undefined): Promise<void> {
  if (!/^https?:\/\//.test(to) || !URL.canParse(to))
    throw new UsageError('expected --to http://HOST/fleet/push/NAME');
  const token = (
    tokenFile === undefined ? process.env['NINJAD_FLEET_TOKEN'] : await readFile(tokenFile, 'utf8')
  )?.trim();
  if (token === undefined || token === '')
    throw new UsageError('expected --token-file FILE, or NINJAD_FLEET_TOKEN');
  const answer = await fetch(to, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(report),
    redirect: 'error',
    signal: AbortSignal.timeout(sendMs),
  }).catch((thrown: unknown) => {
    throw new NinjadError(
      'NOT_SENT',
      `${to} could not be reached: ${messageOf((thrown as Error).cause ?? thrown)}`,
    );
  });
  if (answer.ok) {
    printLines(['sent']);
    return;
  }
  const said = (await answer.text()).slice(0, 500);
  throw new NinjadError('NOT_SENT', `${to} answered ${answer.status}: ${said.trim()}`);
}
