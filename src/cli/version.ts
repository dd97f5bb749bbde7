import { Command } from 'commander';
import { versionLine } from '../lib/version.ts';
import { printLines } from './print.ts';

/** `ninjad version`: the same as `--version`. */
export function versionCommand(): Command {
  return new Command('version')
    .description('print the version')
    .addHelpText('after', '\nExamples:\n  $ ninjad version\n')
    .action(() => printLines([versionLine()]));
}
