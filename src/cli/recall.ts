import { Command, InvalidArgumentError, Option } from 'commander';
import { type MemoryKind, memoryKinds } from '../memory/kinds.ts';
import { type Trust, trusts } from '../lib/wire/trust.ts';
import { connect } from './connect.ts';
import { collectOption, nameOption, timeOption } from './options.ts';
import { printJson, printLines } from './print.ts';
import { explanationLines, recallLines } from './recall-print.ts';

interface RecallOptions {
  limit: number;
  kind?: MemoryKind[];
  trust?: Trust[];
  source?: string[];
  since?: string;
  until?: string;
  explain?: true;
  json?: true;
}

const help = `
A time is a date such as 2026-11-01, or how long ago: 12h, 7d, 4w.

Examples:
  $ ninjad recall "how full is the nas?"
  $ ninjad recall ERR-4711 --since 30d
  $ ninjad recall "who fixed the roof" --trust owner --kind fact --kind note
  $ ninjad recall "disk of the nas" --explain      why each one is in or out
  $ ninjad recall disk --source cron --json | jq '.memories[].content'
`;

/** `ninjad recall`: what is remembered about a text, and why that. */
export function recallCommand(): Command {
  return new Command('recall')
    .description('find what is remembered about a text')
    .argument('<text...>', 'a question or some words')
    .option('--limit <number>', 'how many at most', placesOption, 8)
    .addOption(
      new Option('--kind <kind>', 'only of this kind; may be repeated')
        .choices(memoryKinds)
        .argParser(collectOption(memoryKinds)),
    )
    .addOption(
      new Option('--trust <trust>', 'only as trusted as this; may be repeated')
        .choices(trusts)
        .argParser(collectOption(trusts)),
    )
    .option(
      '--source <source>',
      'only from this source, or from all that begin with it and a colon',
      (text, before: string[] | undefined) => [...(before ?? []), nameOption(text)],
    )
    .option('--since <time>', 'only what was remembered then or later', timeOption)
    .option('--until <time>', 'only what was remembered before', timeOption)
    .option('--explain', 'show every candidate with its ranks, its scores and why it is in or out')
    .option('--json', 'print the whole report as JSON')
    .addHelpText('after', help)
    .action(async (words: string[], options: RecallOptions) => {
      const { limit, kind, trust, source, since, until, explain, json } = options;
      const answer = await connect().ask('recall.explain', {
        text: words.join(' '),
        limit,
        ...(kind && { kinds: kind }),
        ...(trust && { trusts: trust }),
        ...(source && { sources: source }),
        ...(since !== undefined && { since }),
        ...(until !== undefined && { until }),
      });
      if (json === true) printJson(answer);
      else printLines(explain === true ? explanationLines(answer) : recallLines(answer));
    });
}

function placesOption(text: string): number {
  if (/^([1-9]|[1-4]\d|50)$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number from 1 to 50.');
}
