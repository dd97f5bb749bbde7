import { Command, Option } from 'commander';
import { UsageError } from '../lib/errors.ts';
import type { GraphActResult } from '../graph/graph.ts';
import { type EntityKind, entityKinds } from '../graph/extract/extraction.ts';
import { connect } from './connect.ts';
import { entityLines, entityTable } from './entities-print.ts';
import { isJson } from './memory-options.ts';
import { beforeOption, limitOption } from './options.ts';
import { printJson, printLines, printPage } from './print.ts';
import { oneLine } from './printable.ts';

interface ListOptions {
  kind?: EntityKind;
  before?: number;
  limit: number;
  ignored?: true;
  json?: true;
}

const help = `
An entity is given by its number or by one of its names. What is read is read in the background, some seconds after a
task has ended or a memory was stored.

Examples:
  $ ninjad entities                              who and what is mentioned most
  $ ninjad entities bob                          by name, also one spelled nearly so
  $ ninjad entities show nas                     names, relations, and where each was read
  $ ninjad entities merge "R. Miller" "Bob Miller"
  $ ninjad entities split "Bob Miller" "R. Miller"
  $ ninjad entities teach --kind person "Priya Raghunathan" --alias Pri
  $ ninjad entities forget Newsletter --ignore
`;

/** `ninjad entities`: the knowledge graph. */
export function entitiesCommand(): Command {
  return new Command('entities')
    .description(
      'list, show and amend the people, machines, places and other things that ninjad has read about',
    )
    .argument('[query]', 'a name, or a part of one')
    .addOption(new Option('--kind <kind>', 'only those of this kind').choices(entityKinds))
    .option('--before <id>', 'only those that the list has after this one, to page on', beforeOption)
    .option('--limit <number>', 'how many at most', limitOption, 30)
    .option('--ignored', 'the names that are not to be learned')
    .option('--json', 'print them as JSON')
    .addHelpText('after', help)
    .action(list)
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(mergeCommand())
    .addCommand(splitCommand())
    .addCommand(renameCommand())
    .addCommand(teachCommand())
    .addCommand(forgetCommand());
}

/** The word that other commands have for it. */
function listCommand(): Command {
  return new Command('list')
    .description('the same as without this word, with the same options')
    .argument('[query]', 'a name, or a part of one')
    .action((query: string | undefined, _: unknown, command: Command) =>
      list(query, command.optsWithGlobals<ListOptions>()),
    );
}

async function list(
  text: string | undefined,
  { kind, before, limit, ignored, json }: ListOptions,
): Promise<void> {
  const { ask } = connect();
  if (ignored === true) {
    const names = await ask('entities.ignored', { limit });
    if (json === true) printJson(names);
    else
      printLines(
        names.length === 0
          ? ['no name is ignored']
          : names.map((name) => oneLine(`${name.kind}  ${name.name}`)),
      );
    return;
  }
  const { items, next } = await ask('entities.search', { text, kind, before, limit });
  if (json === true) printJson(items);
  else printPage(items.length === 0 ? ['no entities'] : entityTable(items, Date.now()), next, 'more');
}

function showCommand(): Command {
  return subcommand('show', 'show one with its names, relations and evidence')
    .argument('<entity>', 'its number or one of its names')
    .action(async (ref: string, _: unknown, command: Command) => {
      const entity = await connect().ask('entity.get', { ref });
      if (isJson(command)) printJson(entity);
      else printLines(entityLines(entity, Date.now()));
    });
}

function mergeCommand(): Command {
  return subcommand('merge', 'say that two are one: the first becomes a name of the second')
    .argument('<entity>', 'the one that goes')
    .argument('<into>', 'the one that stays')
    .action(async (from: string, into: string, _: unknown, command: Command) =>
      report(await connect().ask('entity.merge', { ref: from, into }), command),
    );
}

function splitCommand(): Command {
  return subcommand('split', 'make some names of one an entity of its own, with what was read about it')
    .argument('<entity>', 'its number or one of its names')
    .argument('<names...>', 'the names that leave')
    .action(async (ref: string, names: string[], _: unknown, command: Command) =>
      report(await connect().ask('entity.split', { ref, aliases: names }), command),
    );
}

function renameCommand(): Command {
  return subcommand('rename', 'give one the name that it is shown by')
    .argument('<entity>', 'its number or one of its names')
    .argument('<name>', 'the new name; the others stay as aliases')
    .action(async (ref: string, name: string, _: unknown, command: Command) =>
      report(await connect().ask('entity.rename', { ref, name }), command),
    );
}

function teachCommand(): Command {
  return subcommand('teach', 'make one known, so that every text that names it is recognised')
    .argument('<name>', 'its name')
    .addOption(new Option('--kind <kind>', 'what it is').choices(entityKinds))
    .option('--alias <name...>', 'further names')
    .action(async (name: string, { alias = [] }: { alias?: string[] }, command: Command) => {
      const { kind } = command.optsWithGlobals<{ kind?: EntityKind }>();
      if (kind === undefined) throw new UsageError(`say what it is: --kind ${entityKinds.join(' or ')}`);
      report(await connect().ask('entity.teach', { kind, name, aliases: alias }), command);
    });
}

function forgetCommand(): Command {
  return subcommand('forget', 'delete one with all that was read about it')
    .argument('<entity>', 'its number or one of its names')
    .option('--ignore', 'and never learn its names again')
    .action(async (ref: string, { ignore }: { ignore?: true }, command: Command) =>
      report(await connect().ask('entity.forget', { ref, ignore: ignore === true }), command),
    );
}

function subcommand(name: string, description: string): Command {
  return new Command(name).description(description).option('--json', 'print the answer as JSON');
}

function report(result: GraphActResult, command: Command): void {
  if (isJson(command)) printJson(result);
  else printLines([oneLine(result.message)]);
}
