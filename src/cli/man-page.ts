import type { Command } from 'commander';

/** What a man page says besides the help. */
export interface ManFacts {
  version: string;
  /** ISO 8601; the day is printed. */
  date: string;
}

/** The man page of a program in the macros of man(7), made from its help: each command with its options and examples. */
export function manPage(program: Command, { version, date }: ManFacts): string {
  return [
    `.TH NINJAD 1 "${date.slice(0, 10)}" "ninjad ${version}" "User Commands"`,
    // Neither hyphens in words of commands, nor spread words.
    '.nh',
    '.ad l',
    '.SH NAME',
    `ninjad \\- ${escaped(program.description())}`,
    '.SH SYNOPSIS',
    '.B ninjad',
    '[\\fIoptions\\fR] \\fIcommand\\fR',
    '.SH COMMANDS',
    ...program.commands.flatMap((command) => commandLines(command, 'ninjad')),
    '.SH NOTES',
    ...afterLines(program),
    '',
  ].join('\n');
}

function commandLines(command: Command, parent: string): string[] {
  const help = command.createHelp();
  const name = `${parent} ${command.name()}`;
  const words = [name, ...command.registeredArguments.map((argument) => argumentWord(argument))];
  const options = help.visibleOptions(command).filter(({ long }) => long !== '--help');
  return [
    `.SS ${escaped(words.join(' '))}`,
    ...paragraph(command.description()),
    ...options.flatMap(({ flags, description }) => ['.TP', `.B ${escaped(flags)}`, line(description)]),
    ...afterLines(command),
    ...command.commands.flatMap((child) => commandLines(child, name)),
  ];
}

function argumentWord(argument: Command['registeredArguments'][number]): string {
  const word = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${word}>` : `[${word}]`;
}

/** What stands below the options in the help; it keeps its lines, which are examples. */
function afterLines(command: Command): string[] {
  let all = '';
  const before = command.configureOutput();
  command.configureOutput({ writeOut: (text) => (all += text) });
  command.outputHelp();
  command.configureOutput(before);
  const after = all.slice(all.indexOf(command.helpInformation()) + command.helpInformation().length).trim();
  return after === '' ? [] : ['.PP', '.nf', ...after.split('\n').map(line), '.fi'];
}

function paragraph(text: string): string[] {
  return text === '' ? [] : ['.PP', line(text)];
}

/** A line that begins with a dot or a quote would be a macro. */
function line(text: string): string {
  return escaped(text).replace(/^(?=[.'])/, '\\&');
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-');
}
