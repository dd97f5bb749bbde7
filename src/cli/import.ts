import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { messageOf, NinjadError, UsageError } from '../lib/errors.ts';
import { type Trust, trusts } from '../lib/wire/trust.ts';
import { importForeign, type ImportedForeign } from '../transfer/import-foreign.ts';
import { importHome, type ImportedHome, readExport } from '../transfer/import-home.ts';
import { connect, currentPaths, type DaemonClient } from './connect.ts';
import { printJson, printLines, tableLines } from './print.ts';
import { oneLine } from './printable.ts';
import { createProgress } from './progress.ts';
import { relativeTime } from './units.ts';
import { tellWaiting } from './until-kept.ts';

const help = `
FROM is a folder that ninjad export made; or what ChatGPT or Claude has exported, as the zip or its conversations.json;
or Markdown: a file, a folder with all below it, or a zip. Conversations and notes become memories, each text once.
Notes are your own words; conversations are trusted less, since half of them is a model's.

Examples:
  $ ninjad import ~/ninjad-export
  $ ninjad import ~/Downloads/chatgpt-export.zip --dry-run
  $ ninjad import ~/notes
  $ ninjad import --list
  $ ninjad import --undo 3          forgets what import 3 has brought; what you changed since stays
`;

interface ImportCliOptions {
  dryRun?: true;
  atMost: Trust;
  undo?: number;
  list?: true;
  json?: true;
}

/** `ninjad import`. */
export function importHomeCommand(): Command {
  return new Command('import')
    .description('bring in an export, conversations of ChatGPT or Claude, or notes')
    .argument('[from]', 'a folder or file')
    .option('--dry-run', 'say what would be taken, and take nothing')
    .addOption(
      new Option('--at-most <trust>', 'trust no text more than this').choices(trusts).default('owner'),
    )
    .option('--undo <import>', 'take an import of memories back', numberOption)
    .option('--list', 'list the imports of memories')
    .option('--json', 'print it as JSON')
    .addHelpText('after', help)
    .action(async (from: string | undefined, options: ImportCliOptions) => {
      const client = connect();
      if (options.undo !== undefined) return undo(client, options.undo, options);
      if (options.list === true) return list(client, options);
      if (from === undefined)
        throw new UsageError('expected what to import: a folder or file, --list or --undo');
      const path = resolve(from);
      const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true;
      if (isFolder && (await readExport(path)) !== undefined) return bringHome(client, path, options);
      return bringTexts(client, path, options);
    });
}

async function bringHome(
  client: DaemonClient,
  from: string,
  { dryRun, json }: ImportCliOptions,
): Promise<void> {
  const settings = new Map((await client.ask('config.list', {})).map((one) => [one.key, one]));
  const progress = createProgress();
  const imported = await importHome({
    ask: client.ask,
    from,
    paths: currentPaths(),
    dryRun: dryRun === true,
    isSet: (key) => (settings.get(key)?.origin ?? 'default') !== 'default',
    async takeSetting(key, value) {
      const known = settings.get(key);
      if (known === undefined) return 'this ninjad does not know it';
      if (!known.hot) return 'set it in config.json and start ninjad again';
      try {
        await client.ask('config.set', { key, value });
        return undefined;
      } catch (thrown) {
        return messageOf(thrown);
      }
    },
    progress: progress.show,
  });
  progress.end();
  if (json === true) printJson(imported);
  else printLines(homeLines(imported));
  const bad = Object.values(imported.parts).reduce((sum, part) => sum + part.bad, 0);
  if (bad > 0) throw new NinjadError('BAD_LINES', `${bad} rows could not be read`);
}

function homeLines({ dryRun, parts, folders, settings }: ImportedHome): string[] {
  const { taken, kept, refused } = settings;
  return [
    ...(dryRun ? ['nothing was changed; it would be:'] : []),
    ...Object.entries(parts).flatMap(([name, { imported, known, bad, problems }]) => [
      `${name}: ${imported} imported, ${known} known already${bad > 0 ? `, ${bad} not read` : ''}`,
      ...problems.map((problem) => `  ${oneLine(problem)}`),
    ]),
    ...(folders.length > 0 ? [`folders: ${folders.join(', ')} (files that were there stay)`] : []),
    ...(taken.length > 0 ? [`settings taken: ${taken.join(', ')}`] : []),
    ...(kept.length > 0 ? [`settings left as they are here: ${kept.join(', ')}`] : []),
    ...Object.entries(refused).map(([key, why]) => `setting ${key}: ${oneLine(why)}`),
  ];
}

async function bringTexts(
  client: DaemonClient,
  from: string,
  { dryRun, atMost, json }: ImportCliOptions,
): Promise<void> {
  const progress = createProgress();
  const imported = await importForeign({
    ask: client.ask,
    from,
    ceiling: atMost,
    dryRun: dryRun === true,
    progress: progress.showPart,
  });
  progress.end();
  if (json === true) printJson(imported);
  else printLines(textLines(imported));
  if (process.stderr.isTTY && !imported.dryRun && imported.imported > 0) await tellWaiting(client.ask);
  const { problems } = imported;
  if (problems.length === 0) return;
  if (json !== true)
    process.stderr.write(
      problems
        .slice(0, 20)
        .map((problem) => `ninjad: ${oneLine(problem)}\n`)
        .join(''),
    );
  throw new NinjadError(
    'BAD_LINES',
    problems.length === 1 ? 'one text could not be read' : `${problems.length} texts could not be read`,
  );
}

function textLines({ dryRun, texts, imported, known, empty, chars, imports }: ImportedForeign): string[] {
  const would = dryRun ? 'would be imported' : 'imported';
  const more = empty > 0 ? `, ${empty} without words` : '';
  return [
    `${texts} texts of ${chars} characters: ${imported} ${would}, ${known} known already${more}`,
    ...Object.entries(imports).map(([kind, id]) => `take it back with: ninjad import --undo ${id} (${kind})`),
  ];
}

async function undo(client: DaemonClient, id: number, { json }: ImportCliOptions): Promise<void> {
  const undone = await client.ask('import.undo', { id });
  if (json === true) printJson(undone);
  else
    printLines([
      `${undone.forgotten} memories of import ${id} were forgotten` +
        (undone.kept > 0 ? `, ${undone.kept} that were changed or said again since stay` : ''),
    ]);
}

async function list(client: DaemonClient, { json }: ImportCliOptions): Promise<void> {
  const imports = await listed(client);
  if (json === true) printJson(imports);
  else if (imports.length === 0) printLines(['no imports']);
  else printLines(importsTable(imports));
}

function listed({ ask }: DaemonClient) {
  return ask('imports.list', {});
}

function importsTable(imports: Awaited<ReturnType<typeof listed>>): string[] {
  return tableLines(
    [
      { title: 'id', align: 'right' },
      { title: 'when' },
      { title: 'kind' },
      { title: 'texts', align: 'right' },
      { title: 'memories', align: 'right' },
      { title: 'from' },
    ],
    imports.map(({ id, at, kind, items, memories, origin, undoneAt }) => [
      String(id),
      relativeTime(Date.parse(at), Date.now()),
      undoneAt === null ? kind : `${kind}, taken back`,
      String(items),
      String(memories),
      oneLine(origin),
    ]),
  );
}

function numberOption(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('Expected the number of an import, as ninjad import --list shows it.');
}
