import { Command } from 'commander';
import { NotFoundError } from '../lib/errors.ts';
import { glossary } from '../lib/glossary.ts';
import { meant } from '../lib/nearest-name.ts';
import { printJson, printLines, tableLines } from './print.ts';

const help = `
Examples:
  $ ninjad words
  $ ninjad words rule
`;

/** `ninjad words`: what the words mean that the page, the terminal and README use; needs no daemon. */
export function wordsCommand(): Command {
  return new Command('words')
    .description('say what the words of ninjad mean')
    .argument('[word]', 'only this one')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', help)
    .action((wanted: string | undefined, { json }: { json?: true }) => {
      const known = glossary.map(({ word, means }) => ({ word, means }));
      const found = wanted === undefined ? known : known.filter(({ word }) => word === wanted.toLowerCase());
      if (found.length === 0 && wanted !== undefined) {
        const words = known.map(({ word }) => word);
        throw new NotFoundError(`there is no word ${JSON.stringify(wanted)} here${meant(wanted, words)}`);
      }
      if (json === true) printJson(found);
      else
        printLines(
          tableLines(
            [{ title: 'word' }, { title: 'means' }],
            found.map(({ word, means }) => [word, means]),
          ),
        );
    });
}
