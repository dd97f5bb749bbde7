import { Command } from 'commander';
import { connect } from './connect.ts';
import { type FilterOptions, filterOf, isJson, withFilters } from './memory-options.ts';
import { editCommand, pinCommand } from './memories-amend.ts';
import { memoryLines, memoryTable } from './memories-print.ts';
import { exportCommand, importCommand } from './memories-transfer.ts';
import { limitOption, memoryIdArgument } from './options.ts';
import { printJson, printLines } from './print.ts';

interface ListOptions extends FilterOptions {
  before?: number;
  limit: number;
  json?: true;
}

const help = `
The newest come first. Words are looked for as they stand; ninjad recall finds what is meant.

Examples:
  $ ninjad memories --kind fact --since 7d
  $ ninjad memories "roof" --json | jq '.[].content'
  $ ninjad memories --before 120                 the page after number 120
  $ ninjad memories edit 12 "The spare key is with Amara."
  $ ninjad memories edit 12                      in $VISUAL or $EDITOR
  $ ninjad memories pin 12                       it never fades
  $ ninjad memories export memories.jsonl
  $ ninjad memories import memories.jsonl        what is there already is left as it is
`;

/** `ninjad memories`: what is remembered, and amending it. */
export function memoriesCommand(): Command {
  return withFilters(new Command('memories'))
    .description('list, show, edit, pin, export and import what is remembered')
    .argument('[text]', 'words that occur in it')
    .option('--before <id>', 'only those before this number', memoryIdArgument)
    .option('--limit <number>', 'how many at most', limitOption, 30)
    .option('--json', 'print them as JSON')
    .addHelpText('after', help)
    .action(list)
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(editCommand())
    .addCommand(pinCommand('pin', 'let memories never fade nor be pruned'))
    .addCommand(pinCommand('unpin', 'let memories fade with time again'))
    .addCommand(exportCommand())
    .addCommand(importCommand());
}

/** The word that other commands have for it. */
function listCommand(): Command {
  return new Command('list')
    .description('the same as without this word, with the same options')
    .argument('[text]', 'words that occur in it')
    .action((text: string | undefined, _: unknown, command: Command) =>
      list(text, command.optsWithGlobals<ListOptions>()),
    );
}

async function list(text: string | undefined, options: ListOptions): Promise<void> {
  const { before, limit, json } = options;
  const { items: shown, next } = await connect().ask('memories.list', {
    ...filterOf(options),
    text,
    before,
    limit,
  });
  if (json === true) printJson(shown);
  else if (shown.length === 0) printLines(['no memories']);
  else printLines(memoryTable(shown, { now: Date.now(), isMore: next !== null }));
}

function showCommand(): Command {
  return new Command('show')
    .description('show one with all that is known about it')
    .argument('<id>', 'its number', memoryIdArgument)
    .option('--json', 'print it as JSON')
    .action(async (id: number, _: unknown, command: Command) => {
      const memory = await connect().ask('memory.get', { id });
      if (isJson(command)) printJson(memory);
      else printLines(memoryLines(memory, Date.now()));
    });
}
