import { Command, InvalidArgumentError } from 'commander';
import type { Answers } from '../../operations.ts';
import { wishStates } from '../../wishes/states.ts';
import { connect } from '../connect.ts';
import { exitCodes } from '../failure.ts';
import { isJson } from '../memory-options.ts';
import { beforeOption, limitOption } from '../options.ts';
import { printJson, printLines, printPage } from '../print.ts';
import { oneLine } from '../printable.ts';
import { readStdin } from '../read-text.ts';
import { applyWish } from './apply.ts';
import { acceptanceLine, decidedLine, diffLines, wishLines, wishTable } from './lines.ts';

const help = `
Improvements of ninjad itself: proposed by you, by agents, by findings and by the retrospective. What you
approve is drafted at night (setting drafter.at) in a sandbox, as a patch for your review. Only you apply it.

Examples:
  $ ninjad wishes
  $ ninjad wishes add "Say nothing while a disk does not change" --text "288 events a day that no rule needs"
  $ ninjad wishes approve 12
  $ ninjad wishes draft 12            draft it now, and wait for it
  $ ninjad wishes diff 12
  $ ninjad wishes apply 12            make the branch ninjad/wish-12 in this checkout
  $ ninjad wishes patch 12 | git apply --check
`;

const waitMs = 1_000;

/** `ninjad wishes`: what could be better, and its drafts. */
export function wishesCommand(): Command {
  return new Command('wishes')
    .description('list, decide, draft and apply improvements of ninjad itself')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', help)
    .addCommand(listCommand(), { isDefault: true })
    .addCommand(addCommand())
    .addCommand(showCommand())
    .addCommand(
      decideCommand('approve', 'have it drafted; also one that was rejected, failed or has become stale'),
    )
    .addCommand(decideCommand('reject', 'turn it down, or its draft where it has one'))
    .addCommand(decideCommand('reopen', 'take an approval or a no back'))
    .addCommand(commentCommand())
    .addCommand(decideCommand('redraft', 'have the next version drafted with your comments'))
    .addCommand(draftCommand())
    .addCommand(patchCommand())
    .addCommand(diffCommand())
    .addCommand(applyCommand());
}

interface WishesOptions {
  state?: (typeof wishStates)[number];
  before?: number;
  limit: number;
  json?: true;
}

function listCommand(): Command {
  return new Command('list')
    .description('the newest wishes')
    .option('--state <state>', `only those that are ${wishStates.join(', ')}`, stateOption)
    .option('--before <id>', 'only those before this number, to page back', beforeOption)
    .option('--limit <number>', 'how many at most', limitOption, 50)
    .option('--json', 'print them as JSON')
    .action(async ({ json: _, ...query }: WishesOptions, command: Command) => {
      const { ask } = connect();
      const { items, next } = await ask('wishes.list', query);
      if (isJson(command)) {
        printJson(items);
        return;
      }
      const figures = await ask('wishes.acceptance', {});
      printPage(
        [
          ...(items.length === 0 ? ['no wishes'] : wishTable(items, Date.now())),
          ...figures.filter(({ rate }) => rate !== null).map(acceptanceLine),
        ],
        next,
      );
    });
}

function addCommand(): Command {
  return new Command('add')
    .description('make a wish')
    .argument('<title>', 'what should be different, in one line')
    .option('--text <text>', 'what and why; - reads it from stdin')
    .option('--json', 'print it as JSON')
    .action(async (title: string, { text }: { text?: string }, command: Command) => {
      const description = text === '-' ? await readStdin() : (text ?? title);
      print(await connect().ask('wish.add', { title, description }), command, 'is noted');
    });
}

function showCommand(): Command {
  return withId(new Command('show'))
    .description('all about one wish: its draft, what the tests said, its trail')
    .option('--json', 'print it as JSON')
    .action(async (id: number, _: unknown, command: Command) => {
      const wish = await connect().ask('wish.get', { id });
      if (isJson(command)) printJson(wish);
      else printLines(wishLines(wish, Date.now()));
    });
}

function decideCommand(decision: 'approve' | 'reject' | 'reopen' | 'redraft', does: string): Command {
  return withId(new Command(decision))
    .description(does)
    .option('--reason <text>', 'why; it is told to the next drafts and retrospectives')
    .option('--json', 'print it as JSON')
    .action(async (id: number, { reason }: { reason?: string }, command: Command) => {
      const given = { id, decision, ...(reason !== undefined && { reason }) };
      print(await connect().ask('wish.decide', given), command);
    });
}

function commentCommand(): Command {
  return withId(new Command('comment'))
    .description('comment on a line of its draft; `ninjad wishes redraft` has them heard')
    .argument('<file[:line]>', 'such as src/main.ts:12, by the lines of the drafted file')
    .argument('<text...>', 'what is to change')
    .option('--version <number>', 'of which version; the newest by default', versionOption)
    .option('--json', 'print it as JSON')
    .action(
      async (id: number, place: string, words: string[], options: { version?: number }, command: Command) => {
        const { ask } = connect();
        const version = options.version ?? (await ask('wish.patch', { id })).version;
        const [, file = place, line] = /^(.+):([1-9]\d*)$/s.exec(place) ?? [];
        const comment = {
          id,
          version,
          file,
          text: words.join(' '),
          line: line === undefined ? null : Number(line),
        };
        const kept = await ask('wish.comment', comment);
        if (isJson(command)) printJson(kept);
        else
          printLines([oneLine(`the comment on ${place} is kept; ninjad wishes redraft ${id} has it heard`)]);
      },
    );
}

function draftCommand(): Command {
  return withId(new Command('draft'))
    .description('draft it now, and wait until that is over')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExit status 1 where there is no draft at the end. Ctrl-C leaves it going on.\n')
    .action(async (id: number, _: unknown, command: Command) => {
      const { ask } = connect();
      const { version } = await ask('wish.draft', { id });
      let page = await ask('wish.get', { id });
      while (page.versions.find((one) => one.version === version)?.state === 'drafting') {
        await new Promise((resolve) => setTimeout(resolve, waitMs));
        page = await ask('wish.get', { id });
      }
      if (isJson(command)) printJson(page);
      else printLines(wishLines(page, Date.now()));
      if (page.state !== 'drafted') process.exitCode = exitCodes.failed;
    });
}

function patchCommand(): Command {
  return withVersion(withId(new Command('patch')))
    .description('print the patch of its draft, as `git apply` takes it')
    .option('--json', 'print it as JSON')
    .action(async (id: number, options: { version?: number }, command: Command) => {
      const patch = await connect().ask('wish.patch', { id, ...options });
      if (isJson(command)) printJson(patch);
      else process.stdout.write(patch.patch);
    });
}

function diffCommand(): Command {
  return withVersion(withId(new Command('diff')))
    .description('show the patch of its draft in colours')
    .option('--json', 'print it as JSON')
    .action(async (id: number, options: { version?: number }, command: Command) => {
      const patch = await connect().ask('wish.patch', { id, ...options });
      if (isJson(command)) printJson(patch);
      else printLines(diffLines(patch.patch));
    });
}

function applyCommand(): Command {
  return withId(new Command('apply'))
    .description('make the branch ninjad/wish-ID of its draft in your checkout')
    .option('--checkout <folder>', 'where; by default this one, else the one that it was drafted from')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      '\nFiles, index and the branch that is checked out stay as they are; on a dirty tree it refuses.\n',
    )
    .action(async (id: number, { checkout }: { checkout?: string }, command: Command) => {
      const wish = await applyWish(connect(), { id, checkout });
      if (isJson(command)) printJson(wish);
      else
        printLines([oneLine(`wish ${id} is applied on the branch ${wish.branch ?? ''} of ${wish.checkout}`)]);
    });
}

function print(wish: Answers['wish.decide'], command: Command, done?: string): void {
  if (isJson(command)) printJson(wish);
  else printLines([decidedLine(wish, done)]);
}

function withId(command: Command): Command {
  return command.argument('<id>', 'its number', idArgument);
}

function withVersion(command: Command): Command {
  return command.option('--version <number>', 'of which version; the newest by default', versionOption);
}

function idArgument(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected the number of a wish, as `ninjad wishes` shows it.');
}

function versionOption(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected the number of a version, from 1 on.');
}

function stateOption(text: string): (typeof wishStates)[number] {
  const state = wishStates.find((one) => one === text);
  if (state !== undefined) return state;
  throw new InvalidArgumentError(`Expected one of ${wishStates.join(', ')}.`);
}
