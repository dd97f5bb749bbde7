import { readFile, stat } from 'node:fs/promises';
import { Command } from 'commander';
import { messageOf, NinjadError, UsageError } from '../lib/errors.ts';
import { writeWhole } from '../lib/write-whole.ts';
import { connect } from './connect.ts';
import { printJson, printLines } from './print.ts';
import { readStdin } from './read-text.ts';
import { agrees, confirmed, isTerminal, report } from './rule-change.ts';
import { type ChangeOptions, withChangeOptions } from './rule-options.ts';
import { changeLines } from './rules-print.ts';

const maxFileBytes = 1_000_000;

const importHelp = `
The file holds a list of rules, or {"rules": [...]} as the export writes it. All of it is taken or
nothing: one rule that is not good, or a text that is no JSON, leaves the rules as they are. The
difference is shown first; on a terminal you are asked, elsewhere it is made at once.

Examples:
  $ ninjad rules import rules.json --dry-run
  $ ninjad rules export | jq '.rules |= map(select(.name != "old"))' | ninjad rules import - --yes
`;

/** `ninjad rules export`. */
export function exportCommand(): Command {
  return new Command('export')
    .description('write your rules as JSON')
    .argument('[file]', 'where to; without one, or -, to stdout')
    .option('--json', 'as without it: the export is JSON')
    .addHelpText('after', '\nExamples:\n  $ ninjad rules export rules.json\n')
    .action(async (file: string | undefined) => {
      const rules = await connect().ask('rules.export', {});
      if (file === undefined || file === '-') printJson(rules);
      else writeWhole(file, `${JSON.stringify(rules, null, 2)}\n`);
    });
}

/** `ninjad rules import`. */
export function importCommand(): Command {
  return withChangeOptions(
    new Command('import')
      .description('take rules from a file, all or none of them, in the place of yours')
      .argument('<file>', 'a file; - reads stdin')
      .option('--merge', 'keep your other rules, and put those of the file over their namesakes')
      .addHelpText('after', importHelp),
  ).action(async (file: string, options: ChangeOptions & { merge?: true }) => {
    const text = file === '-' ? await readStdin() : await readRuleFile(file);
    const merge = options.merge === true;
    const { ask } = connect();
    const first = await ask('rules.import', { text, merge, dryRun: true });
    if (options.dryRun === true || first.differences.length === 0) {
      report(first, options);
      return;
    }
    if (options.json !== true) printLines(changeLines(first));
    if (options.yes !== true && isTerminal() && file !== '-' && !(await agrees('')))
      throw new NinjadError('CONFIRM', 'nothing was changed');
    const change = await confirmed(options, (how) => ask('rules.import', { text, merge, ...how }));
    if (options.json === true) printJson(change);
    else printLines(['', `${change.summary} (version ${change.version})`]);
  });
}

async function readRuleFile(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > maxFileBytes)
      throw new UsageError(`${path}: expected at most ${maxFileBytes} bytes, got ${size}`);
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (thrown) {
    if (thrown instanceof NinjadError) throw thrown;
    throw new UsageError(`cannot read ${path}: ${messageOf(thrown)}`, { cause: thrown });
  }
}
