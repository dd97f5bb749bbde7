import { launchedAs } from '../lib/launched-as.ts';

/** What the program is told of its commands; nothing is a command before. */
let command = /$^/g;

/** Says which words behind `ninjad` make a command of it. */
export function knowCommands(names: readonly string[]): void {
  const words = `--?[a-zV]|<command>|(?:${names.join('|')})\\b`;
  command = new RegExp(`(?<![\\w/.-])(?<!npx )ninjad(?= (?:${words}))`, 'g');
}

/** A text of ours whose commands are named as this program was started. Not for texts from outside. */
export function asLaunched(text: string, name = launchedAs()): string {
  return name === 'ninjad' ? text : text.replace(command, name);
}
