import { flat, type KnownCommand, type KnownOption } from './tree.ts';

/** A completion for fish, to be put into its folder of completions, or to be sourced. */
export function fishScript(tree: KnownCommand): string {
  const all = flat(tree);
  const paths = all.map(({ path }) => path).filter((path) => path !== '');
  return `# fish completion of ninjad
function __ninjad_at --description 'Whether this command of ninjad has been typed'
  set -l typed (commandline -opc)
  set -l at ''
  for word in $typed[2..-1]
    set -l longer (string trim -- "$at $word")
    switch $longer
      case ${paths.map(quoted).join(' ')}
        set at $longer
    end
  end
  test "$at" = "$argv[1]"
end
complete -c ninjad -f
${all.flatMap(linesOf).join('\n')}
`;
}

function linesOf({ path, commands, options, values }: KnownCommand): string[] {
  const where = `complete -c ninjad -n ${quoted(`__ninjad_at "${path}"`)}`;
  return [
    ...commands.map(({ name, about }) => `${where} -a ${quoted(name)} -d ${quoted(about)}`),
    ...(values.length === 0 ? [] : [`${where} -a ${quoted(values.join(' '))}`]),
    ...options.map((option) => `${where} ${flagsOf(option)} -d ${quoted(option.about)}`),
  ];
}

function flagsOf({ flags, hasValue, values }: KnownOption): string {
  const named = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const value = !hasValue ? [] : values.length === 0 ? ['-r', '-F'] : ['-x', '-a', quoted(values.join(' '))];
  return [...named, ...value].join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
