import { Command } from 'commander';
import { UsageError } from '../lib/errors.ts';
import { localTime } from '../lib/local-time.ts';
import { connect } from './connect.ts';
import { printJson, printLines } from './print.ts';

const help = `
Nothing is deleted for its age while the clock is far from what it said before, until it has gone on
for a day, and tells you so. Where you know that the clock is right, you need not wait.

Examples:
  $ ninjad clock --believe
`;

/** `ninjad clock`: the owner's word about a clock that has jumped. */
export function clockCommand(): Command {
  return new Command('clock')
    .description('say that the clock is right after it has jumped')
    .option('--believe', 'delete by age again from now on')
    .option('--json', 'print the time that is believed as JSON')
    .addHelpText('after', help)
    .action(async ({ believe, json }: { believe?: true; json?: true }) => {
      if (believe !== true) throw new UsageError('expected --believe, see ninjad clock --help');
      const answer = await connect().ask('clock.believe', {});
      if (json === true) printJson(answer);
      else printLines([`it is ${localTime(new Date(answer.believedAt))}: rows are deleted by age again`]);
    });
}
