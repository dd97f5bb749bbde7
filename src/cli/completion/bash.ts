import { shellQuoted as quoted } from '../../lib/shell-word.ts';
import { flat, type KnownCommand, type KnownOption } from './tree.ts';

/** A completion for bash 4 and later; it needs nothing else. */
export function bashScript(tree: KnownCommand): string {
  const all = flat(tree);
  const paths = all.map(({ path }) => path).filter((path) => path !== '');
  const valued = all.flatMap((command) =>
    command.options.filter(({ hasValue }) => hasValue).map((option) => ({ command, option })),
  );
  return `# bash completion of ninjad
_ninjad() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} at= word i
  if [[ $cur == '=' ]]; then cur=
  elif [[ $prev == '=' ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${at:+$at }\${COMP_WORDS[i]}"
    case $word in
      ${paths.map(quoted).join('|')}) at=$word ;;
    esac
  done
  case "$at $prev" in
${valued.map(valueCase).join('\n')}
  esac
  local words=
  case $at in
${all.map((command) => `    ${quoted(command.path)}) words=${quoted(wordsOf(command).join(' '))} ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _ninjad ninjad
`;
}

/** A value without a list of its own may be the name of a file. */
function valueCase({ command, option }: { command: KnownCommand; option: KnownOption }): string {
  const cases = option.flags.map((flag) => quoted(`${command.path} ${flag}`)).join('|');
  const found =
    option.values.length === 0
      ? 'compgen -f -- "$cur"'
      : `compgen -W ${quoted(option.values.join(' '))} -- "$cur"`;
  return `    ${cases}) COMPREPLY=($(${found})); return ;;`;
}

function wordsOf({ commands, options, values }: KnownCommand): string[] {
  return [...commands.map(({ name }) => name), ...values, ...options.flatMap(({ flags }) => flags)];
}
