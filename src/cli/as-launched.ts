import { launchedAs } from '../lib/launched-as.ts';
import { commandNames } from './command-names.ts';

/** A command in a text of ours: the name with a command or an option behind it, which a sentence about ninjad has not. */
const command = new RegExp(
  `(?<![\\w/.-])(?<!npx )ninjad(?= (?:--?[a-zV]|<command>|(?:${commandNames.join('|')})\\b))`,
  'g',
);

/** A text of ours whose commands are named as this program was started. Not for texts from outside. */
export function asLaunched(text: string, name = launchedAs()): string {
  return name === 'ninjad' ? text : text.replace(command, name);
}
