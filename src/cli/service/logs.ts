import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { NinjadError } from '../../lib/errors.ts';
import { logsCommand as journalCommand } from '../../upkeep/service/commands.ts';
import { thisHost } from '../../upkeep/service/host.ts';
import { installedScope } from '../../upkeep/service/install.ts';
import { currentPaths } from '../connect.ts';
import { exitCodes } from '../failure.ts';
import { limitOption } from '../options.ts';

interface LogsOptions {
  system?: true;
  lines: number;
  follow?: true;
  json?: true;
}

const help = `
With a unit of systemd it is what systemd keeps, with what came before ninjad could log; else the log in the home.
`;

/** `ninjad service logs`. */
export function logsCommand(): Command {
  return new Command('logs')
    .description('show what the service wrote')
    .option('--system', "the machine's service, not yours")
    .option('-n, --lines <number>', 'how many lines', limitOption, 100)
    .option('-f, --follow', 'go on with what comes')
    .option('--json', 'one JSON object a line, as the journal keeps it')
    .addHelpText('after', help)
    .action(async ({ system, lines, follow, json }: LogsOptions) => {
      const host = thisHost();
      const scope = system === true ? 'system' : (installedScope(host) ?? 'user');
      const asked = { lines, follow: follow === true, json: json === true };
      const [command, ...args] =
        host.kind === 'systemd' && existsSync(host.fileOf(scope))
          ? journalCommand(scope, asked)
          : tailCommand(asked);
      const code = await runThrough(command, args);
      if (code !== 0) process.exitCode = exitCodes.failed;
    });
}

function tailCommand({ lines, follow }: { lines: number; follow: boolean }): [string, ...string[]] {
  const file = join(currentPaths().logs, 'ninjad.log');
  if (!existsSync(file)) throw new NinjadError('NOT_FOUND', `there is no log yet: ${file}`);
  return ['tail', '-n', String(lines), ...(follow ? ['-F'] : []), file];
}

function runThrough(command: string, args: readonly string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit' });
    child.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new NinjadError('SERVICE_FAILED', `${command} could not be started: ${cause.message}`, { cause }),
      ),
    );
    child.once('exit', resolve);
  });
}
