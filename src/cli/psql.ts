import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Command } from 'commander';
import type { HomePaths } from '../lib/config/paths.ts';
import { messageOf, UsageError } from '../lib/errors.ts';
import { libpqAddress, type LibpqAddress } from '../lib/store/libpq-address.ts';
import type { Answers } from '../operations.ts';
import { createSettings } from '../settings.ts';
import { connect, currentPaths, type DaemonClient } from './connect.ts';
import { exitCodes } from './failure.ts';
import { printJson, printLines } from './print.ts';
import { readStdin } from './read-text.ts';
import { resultLines, sqlPrompt } from './sql-prompt.ts';

const help = `
With psql on the PATH this is psql, connected: it takes whatever psql takes, -h and -V excepted.
Without it a small built-in prompt takes -c, -f and -q; --json always uses that. Several statements
of one -c, of a file, or of a piped stdin run in one transaction there.

Examples:
  $ ninjad psql
  $ ninjad psql -c "select state, count(*) from tasks group by state" -c "select now()"
  $ ninjad psql -v ON_ERROR_STOP=1 -f report.sql
  $ ninjad psql --json -c "select * from events order by id desc limit 5"
`;

/** `ninjad psql`: SQL on the daemon's database. */
export function psqlCommand(): Command {
  return new Command('psql')
    .description('open an SQL shell on the database')
    .usage('[options] [what psql takes...]')
    .argument('[args...]', 'what psql takes, such as -c SQL and -f FILE; each may be repeated, - is stdin')
    .option('--json', 'print the results as JSON')
    .allowUnknownOption()
    .addHelpText('after', help)
    .action(async (args: string[], { json }: { json?: true }) => {
      const paths = currentPaths();
      const client = connect(paths);
      const psql = json === true ? undefined : findOnPath('psql');
      if (psql !== undefined) {
        await runPsql(psql, await addressOf(paths, client), args);
        return;
      }
      const texts = await textsOf(args, json === true || !process.stdin.isTTY);
      if (texts === undefined) await sqlPrompt(client);
      else await runTexts(client, texts, json === true);
    });
}

/** The SQL that the built-in one is given, in its order; undefined where it is to be typed. Throws a `UsageError` for options of psql alone. */
async function textsOf(args: readonly string[], readsStdin: boolean): Promise<string[] | undefined> {
  const { tokens } = parseArgs({
    args: [...args],
    options: builtInOptions,
    strict: false,
    tokens: true,
  });
  const texts: string[] = [];
  for (const token of tokens) {
    if (token.kind !== 'option' || !Object.hasOwn(builtInOptions, token.name)) {
      const got = token.kind === 'option' ? token.rawName : token.kind === 'positional' ? token.value : '--';
      throw new UsageError(`expected -c, -f or -q, which is all that is there without psql, got ${got}`);
    }
    if (token.name === 'quiet') continue;
    if (token.value === undefined)
      throw new UsageError(`expected something after ${token.rawName}, got nothing`);
    texts.push(token.name === 'command' ? token.value : await sqlIn(token.value));
  }
  if (texts.length > 0) return texts;
  return readsStdin ? [await readStdin()] : undefined;
}

const builtInOptions = {
  command: { type: 'string', short: 'c', multiple: true },
  file: { type: 'string', short: 'f', multiple: true },
  quiet: { type: 'boolean', short: 'q' },
} as const;

async function sqlIn(file: string): Promise<string> {
  if (file === '-') return readStdin();
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`cannot read ${file}: ${messageOf(cause)}`, { cause });
  }
}

/** A server is reached by our own settings, even while the daemon is down; the embedded database by the daemon's word. */
async function addressOf(paths: HomePaths, client: DaemonClient): Promise<LibpqAddress> {
  const url = createSettings({ configFile: paths.configFile, env: process.env }).get('database.url');
  if (url === null) return { url: (await client.ask('status.get', {})).database.url, env: {} };
  return libpqAddress(url);
}

async function runPsql(psql: string, { url, env }: LibpqAddress, given: readonly string[]): Promise<void> {
  const args = [url, ...given];
  // Ctrl-C is for psql, which cancels its query and goes on.
  const ignore = () => {};
  process.on('SIGINT', ignore);
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      spawn(psql, args, { stdio: 'inherit', env: { ...process.env, ...env } })
        .once('error', reject)
        .once('exit', resolve);
    });
    if (status !== 0) process.exitCode = exitCodes.failed;
  } finally {
    process.off('SIGINT', ignore);
  }
}

async function runTexts(client: DaemonClient, texts: readonly string[], json: boolean): Promise<void> {
  if (texts.some((text) => text.trim() === '')) throw new UsageError('expected SQL, got nothing');
  const all: Answers['sql.run'] = [];
  for (const text of texts) {
    const results = await client.ask('sql.run', { text });
    if (json) all.push(...results);
    else printLines(results.flatMap(resultLines));
  }
  if (json) printJson(all);
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
