import { type Command, Option } from 'commander';
import { type MemoryKind, memoryKinds } from '../memory/kinds.ts';
import { type Trust, trusts } from '../lib/wire/trust.ts';
import { nameOption, timeOption } from './options.ts';

/** What lists and exports are narrowed by. */
export interface FilterOptions {
  kind?: MemoryKind;
  trust?: Trust;
  source?: string;
  tag?: string;
  pinned?: true;
  since?: string;
  until?: string;
}

/** Adds the options of `FilterOptions`. */
export function withFilters(command: Command): Command {
  return command
    .addOption(new Option('--kind <kind>', 'only of this kind').choices(memoryKinds))
    .addOption(new Option('--trust <trust>', 'only as trusted as this').choices(trusts))
    .option(
      '--source <source>',
      'only from this source, or from all that begin with it and a colon',
      nameOption,
    )
    .option('--tag <tag>', 'only those with this tag')
    .option('--pinned', 'only those that are pinned')
    .option('--since <time>', 'only what was remembered then or later, a date or such as 7d', timeOption)
    .option('--until <time>', 'only what was remembered before', timeOption);
}

/** The options as the daemon takes them. */
export function filterOf({ kind, trust, source, tag, pinned, since, until }: FilterOptions) {
  return { kind, trust, source, tag, pinned, since, until };
}

/** An option that the command above has too is the one above's, wherever it stands. */
export function isJson(command: Command): boolean {
  return command.optsWithGlobals<{ json?: true }>().json === true;
}
