import { closeSync, openSync, readSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import pretty from 'pino-pretty';
import { NotFoundError } from '../lib/errors.ts';
import { currentPaths } from './connect.ts';
import { countOption } from './options.ts';

interface LogsOptions {
  follow?: true;
  lines: number;
  level: (typeof levels)[number];
  json?: true;
}

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
const usualLines = 50;
/** The most that is read from the end of the file. */
const maxBytes = 8 * 1024 * 1024;

const help = `
It reads the file, so that it works with the daemon running or not; older files lie beside it.

Examples:
  $ ninjad logs -f
  $ ninjad logs -n 200 --level warn
  $ ninjad logs --json | jq -r .msg
`;

/** `ninjad logs`: the end of the daemon's log, and what comes. */
export function logsCommand(): Command {
  return new Command('logs')
    .description('show the log of the daemon')
    .option('-f, --follow', 'go on with what comes, until Ctrl-C')
    .option('-n, --lines <number>', 'how many of the last ones', countOption, usualLines)
    .addOption(
      new Option('--level <level>', 'only those at least as severe').choices(levels).default('trace'),
    )
    .option('--json', 'print the lines as they are written, as JSON')
    .addHelpText('after', help)
    .action(async ({ follow, lines, level, json }: LogsOptions) => {
      const file = join(currentPaths().logs, 'ninjad.log');
      const size = statSync(file, { throwIfNoEntry: false })?.size;
      if (size === undefined && follow !== true)
        throw new NotFoundError(`there is no log at ${file}: no daemon has run on this home`);
      const print = printer(json === true, 10 * (1 + levels.indexOf(level)));
      const all = readLines(file, Math.max(0, (size ?? 0) - maxBytes)).lines.filter(print.shows);
      for (const line of lines === 0 ? [] : all.slice(-lines)) print.line(line);
      if (follow === true) await followFile(file, size ?? 0, print);
    });
}

interface Printer {
  shows: (line: string) => boolean;
  line: (line: string) => void;
}

function printer(isJson: boolean, least: number): Printer {
  const format = pretty.prettyFactory({
    colorize: process.stdout.isTTY && !process.env['NO_COLOR'],
    ignore: 'pid,hostname',
    translateTime: 'SYS:yyyy-mm-dd HH:MM:ss',
  });
  return {
    shows: (line) => line !== '' && levelOf(line) >= least,
    line: (line) => process.stdout.write(isJson ? `${line}\n` : format(line)),
  };
}

function levelOf(line: string): number {
  return Number(/"level":(\d+)/.exec(line)?.[1] ?? 0);
}

/** Whole lines of a file from `from` on, and where the next read has to begin. */
function readLines(file: string, from: number): { lines: string[]; next: number } {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return { lines: [], next: 0 };
  }
  try {
    const chunk = Buffer.alloc(Math.max(0, statSync(file).size - from));
    const end = chunk.subarray(0, readSync(fd, chunk, 0, chunk.length, from)).lastIndexOf(0x0a) + 1;
    const lines = chunk.toString('utf8', 0, end).split('\n').slice(0, -1);
    return { lines, next: from + end };
  } finally {
    closeSync(fd);
  }
}

/** Prints what is written from `from` on; a file that became shorter is a new one. */
async function followFile(file: string, from: number, print: Printer): Promise<never> {
  let next = from;
  const readOn = (): void => {
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) < next) next = 0;
    const read = readLines(file, next);
    next = read.next;
    read.lines.filter(print.shows).forEach(print.line);
  };
  watch(join(file, '..'), readOn);
  readOn();
  return new Promise(() => undefined);
}
