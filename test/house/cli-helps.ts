import type { Command } from 'commander';
import { programFor } from '../../src/cli/run.ts';

/** The help of every command and sub-command, as it is printed, but for the examples. */
export async function cliHelps(): Promise<{ command: string; text: string }[]> {
  return helpsBelow(await programFor(), []);
}

function helpsBelow(command: Command, above: readonly string[]): { command: string; text: string }[] {
  const path = [...above, command.name()];
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  const said = text.split('Examples:')[0] ?? '';
  return [
    { command: path.join(' '), text: said },
    ...command.commands.flatMap((child) => helpsBelow(child, path)),
  ];
}
