import type { Argument, Command, Option } from 'commander';
import { settingsSchema } from '../../settings.ts';

/** An option as a shell needs it. */
export interface KnownOption {
  /** `-d` and `--detach`, those that there are. */
  flags: string[];
  about: string;
  /** It stands before a value. */
  hasValue: boolean;
  values: string[];
}

/** A command with what may follow it. */
export interface KnownCommand {
  /** Its words without the program's, such as `rules add`; empty for the program itself. */
  path: string;
  name: string;
  about: string;
  commands: KnownCommand[];
  options: KnownOption[];
  /** Values of its first argument. */
  values: string[];
}

/** The commands of a program with their options and known values. */
export function commandTree(program: Command): KnownCommand {
  return { ...known(program, []), path: '' };
}

/** All commands of a tree, the outermost first. */
export function flat(command: KnownCommand): KnownCommand[] {
  return [command, ...command.commands.flatMap(flat)];
}

function known(command: Command, above: readonly string[]): KnownCommand {
  const path = [...above, command.name()];
  const words = command.parent === null ? [] : path;
  return {
    path: words.join(' '),
    name: command.name(),
    about: firstLine(command.description()),
    commands: command.commands.map((child) => known(child, words)),
    options: [...command.options.filter(({ hidden }) => !hidden).map(knownOption), helpOption],
    values: valuesOf(words, command.registeredArguments[0]),
  };
}

const helpOption: KnownOption = { flags: ['--help'], about: 'show its help', hasValue: false, values: [] };

function knownOption({ short, long, description, required, optional, argChoices }: Option): KnownOption {
  return {
    flags: [short, long].filter((flag) => flag != null),
    about: firstLine(description),
    hasValue: required || optional,
    values: argChoices ?? [],
  };
}

function valuesOf(words: readonly string[], argument: Argument | undefined): string[] {
  if (words[0] === 'config' && ['get', 'set', 'unset'].includes(words[1] ?? ''))
    return [...settingsSchema.keys];
  return argument?.argChoices ?? [];
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
