import { launchedAs } from '../lib/launched-as.ts';
import { commandGroups } from './commands.ts';

const names = Object.values(commandGroups).flatMap((commands) => Object.keys(commands));

/** A command in a text of ours: the name with a command or an option behind it, which a sentence about ninjad has not. */
const command = new RegExp(
  `(?<![\\w/.-])(?<!npx )ninjad(?= (?:--?[a-zV]|<command>|(?:${names.join('|')})\\b))`,
  'g',
);

/** A text of ours whose commands are named as this program was started. Not for texts from outside. */
export function asLaunched(text: string, name = launchedAs()): string {
  return name === 'ninjad' ? text : text.replace(command, name);
}
