import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import type { Answers } from '../operations.ts';
import { NinjadError, UsageError } from '../lib/errors.ts';
import { maxForgotten } from '../memory/requests.ts';
import { connect } from './connect.ts';
import { headline } from './memories-print.ts';
import { memoryIdsArgument } from './options.ts';
import { printJson } from './print.ts';

interface ForgetOptions {
  yes?: true;
  json?: true;
}

const help = `
What is forgotten is printed as ninjad memories export writes it: ninjad memories import takes it back.

Examples:
  $ ninjad forget 12                       asks first
  $ ninjad forget 12 13 --yes > gone.jsonl
  $ ninjad memories import gone.jsonl      undoes it
`;

/** `ninjad forget`: deletes memories, and prints what brings them back. */
export function forgetCommand(): Command {
  return new Command('forget')
    .description('forget memories')
    .argument('<ids...>', 'their numbers, as ninjad memories and ninjad recall show them', memoryIdsArgument)
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print them as one JSON array')
    .addHelpText('after', help)
    .action(async (ids: number[], { yes, json }: ForgetOptions) => {
      if (ids.length > maxForgotten)
        throw new UsageError(`expected at most ${maxForgotten} memories at once`);
      const { ask } = connect();
      const known: Answers['memory.get'][] = [];
      for (const id of ids) known.push(await ask('memory.get', { id }));
      for (const memory of known) say(`${memory.id}: ${headline(memory)}`);
      if (yes !== true && !(await isMeant(known.length)))
        throw new NinjadError('NOT_FORGOTTEN', 'nothing was forgotten');
      const forgotten = await ask('memories.forget', { ids });
      if (json === true) printJson(forgotten);
      else process.stdout.write(forgotten.map((line) => `${JSON.stringify(line)}\n`).join(''));
      say('forgotten; ninjad memories import takes back what was printed');
    });
}

async function isMeant(count: number): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError('there is no terminal to ask on: say --yes');
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`forget ${count === 1 ? 'this' : `these ${count}`}? [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
