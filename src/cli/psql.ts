import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Command } from 'commander';
import type { HomePaths } from '../lib/config/paths.ts';
import { NinjadError } from '../lib/errors.ts';
import { publicUrl } from '../lib/store/database-target.ts';
import { createSettings } from '../settings.ts';
import { connect, currentPaths, type DaemonClient } from './connect.ts';
import { exitCodes } from './failure.ts';
import { printJson, printLines } from './print.ts';
import { readStdin } from './read-text.ts';
import { resultLines, sqlPrompt } from './sql-prompt.ts';

interface PsqlOptions {
  command?: string;
  json?: true;
}

const help = `
With psql on the PATH this is psql, connected; without it a small built-in prompt.
--json always uses the built-in one. Several statements of one -c, or of a piped stdin,
run in one transaction there.

Examples:
  $ ninjad psql
  $ ninjad psql -c "select state, count(*) from tasks group by state"
  $ ninjad psql --json -c "select * from events order by id desc limit 5"
`;

/** `ninjad psql`: SQL on the daemon's database. */
export function psqlCommand(): Command {
  return new Command('psql')
    .description('open an SQL shell on the database')
    .option('-c, --command <sql>', 'run this and leave')
    .option('--json', 'print the results as JSON (with -c or a piped stdin)')
    .addHelpText('after', help)
    .action(async ({ command, json }: PsqlOptions) => {
      const paths = currentPaths();
      const client = connect(paths);
      const psql = json === true ? undefined : findOnPath('psql');
      if (psql !== undefined) await runPsql(psql, await addressOf(paths, client), command);
      else if (command !== undefined) await runText(client, command, json === true);
      else if (json === true || !process.stdin.isTTY) await runText(client, await readStdin(), json === true);
      else await sqlPrompt(client);
    });
}

interface Address {
  /** Without the password, since a command line shows in `ps`. */
  url: string;
  password: string;
}

/** A server is reached by our own settings, even while the daemon is down; the embedded database by the daemon's word. */
async function addressOf(paths: HomePaths, client: DaemonClient): Promise<Address> {
  const url = createSettings({ configFile: paths.configFile, env: process.env }).get('database.url');
  if (url === null) return { url: (await client.ask('status.get', {})).database.url, password: '' };
  const parsed = new URL(url);
  const password =
    parsed.password === '' ? parsed.searchParams.get('password') : decodeURIComponent(parsed.password);
  return { url: publicUrl({ kind: 'server', url }), password: password ?? '' };
}

async function runPsql(psql: string, { url, password }: Address, command: string | undefined): Promise<void> {
  const args = [url, ...(command === undefined ? [] : ['-c', command])];
  const env = password === '' ? process.env : { ...process.env, PGPASSWORD: password };
  // Ctrl-C is for psql, which cancels its query and goes on.
  const ignore = () => {};
  process.on('SIGINT', ignore);
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      spawn(psql, args, { stdio: 'inherit', env }).once('error', reject).once('exit', resolve);
    });
    if (status !== 0) process.exitCode = exitCodes.failed;
  } finally {
    process.off('SIGINT', ignore);
  }
}

async function runText(client: DaemonClient, text: string, json: boolean): Promise<void> {
  if (text.trim() === '') throw new NinjadError('USAGE', 'expected SQL, got nothing');
  const results = await client.ask('sql.run', { text });
  if (json) printJson(results);
  else printLines(results.flatMap(resultLines));
}

function findOnPath(program: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
