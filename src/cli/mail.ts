import { Command } from 'commander';
import { homeFrom, homePaths } from '../lib/config/paths.ts';
import { readDuration } from '../lib/duration-text.ts';
import { NinjadError, NotFoundError, UsageError } from '../lib/errors.ts';
import { accountsOf, keyOf } from '../mail/account.ts';
import { type Trial, tryAccount } from '../mail/try-account.ts';
import type { Answers } from '../operations.ts';
import { createSettings } from '../settings.ts';
import { connect } from './connect.ts';
import { exitCodes } from './failure.ts';
import { isJson } from './memory-options.ts';
import { paintState } from './paint.ts';
import { printJson, printLines, tableLines } from './print.ts';
import { oneLine } from './printable.ts';
import { count, relativeTime } from './units.ts';

const help = `
The mailboxes that are watched, how each is, and how far it was read. Mail is only ever read: no flag is set,
nothing is sent. What came before the first start is old; catch-up takes it in all the same.

Examples:
  $ ninjad mail
  $ ninjad mail --json | jq '.[] | select(.state != "watching")'
  $ ninjad mail test work
  $ ninjad mail catch-up work --since 2d
`;

/** `ninjad mail`: how the watched mailboxes are. */
export function mailCommand(): Command {
  return new Command('mail')
    .description('show the watched mailboxes, try them, and take in older mail')
    .option('--json', 'print them as JSON')
    .addHelpText('after', help)
    .action(async ({ json }: { json?: true }) => {
      const folders = await connect().ask('mail.list', {});
      if (json === true) printJson(folders);
      else
        printLines(
          folders.length === 0
            ? ['no mailbox is set up: IMAP_URL, or mail.accounts in config.json']
            : folderTable(folders, Date.now()),
        );
    })
    .addCommand(testCommand())
    .addCommand(catchUpCommand());
}

/** How long a server may take when somebody sits and waits. */
const trialMs = 15_000;

function testCommand(): Command {
  return new Command('test')
    .description('connect to a mailbox and say what would be read; nothing is taken in')
    .argument('[name]', 'the account; all of them where it is left out')
    .option('--json', 'print it as JSON')
    .action(async (name: string | undefined, _: unknown, command: Command) => {
      const settings = createSettings({
        configFile: homePaths(homeFrom(process.env)).configFile,
        env: process.env,
      });
      const all = accountsOf((key) => settings.get(key));
      const chosen = all.filter((account) => name === undefined || account.name === name);
      if (chosen.length === 0)
        throw unknownAccount(
          name,
          all.map((account) => account.name),
        );
      const cursors = await readCursors();
      const trials = await Promise.all(
        chosen.map((account) =>
          tryAccount(account, {
            env: process.env,
            commandMs: trialMs,
            cursorOf: (folder) => cursors.get(keyOf(account.name, folder)) ?? null,
          }),
        ),
      );
      if (isJson(command)) printJson(trials.flat());
      else printLines(trials.flat().map(trialLine));
      if (trials.flat().some(({ state }) => state !== 'open' && state !== 'disabled'))
        process.exitCode = exitCodes.failed;
    });
}

/** How far the daemon has read; nothing is known where none runs. */
async function readCursors(): Promise<ReadonlyMap<string, number | null>> {
  try {
    const folders = await connect().ask('mail.list', {});
    return new Map(folders.map(({ name, folder, cursor }) => [keyOf(name, folder), cursor]));
  } catch (thrown) {
    if (thrown instanceof NinjadError) return new Map();
    throw thrown;
  }
}

function catchUpCommand(): Command {
  return new Command('catch-up')
    .description('take in what came since a time and is not known yet')
    .argument('[name]', 'the account; all of them where it is left out')
    .requiredOption(
      '--since <span>',
      'how far back: a span such as 2d or 12h, or a time such as 2026-11-28T09:00:00Z',
    )
    .option('--json', 'print the answer as JSON')
    .action(async (name: string | undefined, { since }: { since: string }, command: Command) => {
      const from = readSince(since, Date.now());
      const results = await connect().ask('mail.catchUp', {
        since: from.toISOString(),
        ...(name !== undefined && { name }),
      });
      if (isJson(command)) printJson(results);
      else printLines(results.map(caughtUpLine));
      if (results.some((result) => 'problem' in result)) process.exitCode = exitCodes.failed;
    });
}

/** The instant that a span before `now`, or a time, names. Throws a `UsageError` for anything else. */
export function readSince(given: string, now: number): Date {
  if (/^\d{4}-\d\d-\d\d/.test(given)) {
    const at = new Date(given);
    if (!Number.isNaN(at.getTime())) return at;
  }
  const ms = readDuration(given);
  if (ms <= 0) throw new UsageError(`expected a span of time longer than nothing, got "${given}"`);
  return new Date(now - ms);
}

function unknownAccount(name: string | undefined, known: readonly string[]): Error {
  if (name === undefined || known.length === 0)
    return new NotFoundError('no mailbox is set up: IMAP_URL, or mail.accounts in config.json');
  return new NotFoundError(`no account of mail is called ${name}; there are ${known.join(', ')}`);
}

function folderTable(folders: Answers['mail.list'], now: number): string[] {
  return tableLines(
    ['account', 'folder', 'state', 'cursor', 'last mail', 'reason'].map((title) => ({ title })),
    folders.map(({ name, folder, state, cursor, lastMessageAt, reason }) => [
      oneLine(name),
      oneLine(folder),
      paintState(state),
      cursor === null ? '' : String(cursor),
      lastMessageAt === null ? 'none yet' : relativeTime(Date.parse(lastMessageAt), now),
      oneLine(reason ?? ''),
    ]),
  );
}

function trialLine(trial: Trial): string {
  const place = oneLine(keyOf(trial.name, trial.folder));
  if (trial.state !== 'open') return `${place}: ${paintState(trial.state)}: ${oneLine(trial.reason)}`;
  const { messages, unread, newest } = trial;
  const would =
    unread === null
      ? 'at the first look nothing older than that is read'
      : `${count(unread)} of them would be read now`;
  const last =
    newest === null
      ? ''
      : `; the newest: ${newest.subject || '(no subject)'}, from ${newest.from || 'nobody'}`;
  return `${place}: can be read, ${count(messages)} mails; ${would}${oneLine(last)}`;
}

function caughtUpLine(result: Answers['mail.catchUp'][number]): string {
  const place = oneLine(keyOf(result.name, result.folder));
  if ('problem' in result) return `${place}: ${oneLine(result.problem)}`;
  const { found, taken, known, digested } = result;
  return `${place}: ${count(found)} in that time; ${count(taken)} taken in, ${count(known)} known already${digested > 0 ? `, ${count(digested)} in one digest line` : ''}`;
}
