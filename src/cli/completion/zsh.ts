import { shellQuoted as quoted } from '../../lib/shell-word.ts';
import { flat, type KnownCommand, type KnownOption } from './tree.ts';

/** A completion for zsh, to be put into a folder of fpath as `_ninjad`, or to be evaluated. */
export function zshScript(tree: KnownCommand): string {
  const all = flat(tree);
  const paths = all.map(({ path }) => path).filter((path) => path !== '');
  const valued = all.flatMap((command) =>
    command.options.filter(({ hasValue }) => hasValue).map((option) => ({ command, option })),
  );
  return `#compdef ninjad
_ninjad() {
  local at= prev=\${words[CURRENT-1]} word i
  local -a subs opts
  for ((i = 2; i < CURRENT; i++)); do
    word="\${at:+$at }\${words[i]}"
    case $word in
      (${paths.map(quoted).join('|')}) at=$word ;;
    esac
  done
  case "$at $prev" in
${valued.map(valueCase).join('\n')}
  esac
  case $at in
${all.map(commandCase).join('\n')}
  esac
  if [[ $PREFIX == -* ]]; then
    _describe -o 'option' opts
  else
    (( $#subs )) && _describe 'command' subs || _files
  fi
}
if [[ \${funcstack[1]} == _ninjad ]]; then
  _ninjad "$@"
else
  compdef _ninjad ninjad
fi
`;
}

function valueCase({ command, option }: { command: KnownCommand; option: KnownOption }): string {
  const cases = option.flags.map((flag) => quoted(`${command.path} ${flag}`)).join('|');
  const found = option.values.length === 0 ? '_files' : `compadd -- ${option.values.map(quoted).join(' ')}`;
  return `    (${cases}) ${found}; return ;;`;
}

function commandCase({ path, commands, values, options }: KnownCommand): string {
  const subs = [
    ...commands.map(({ name, about }) => described(name, about)),
    ...values.map((value) => described(value)),
  ];
  const opts = options.flatMap(({ flags, about }) => flags.map((flag) => described(flag, about)));
  return `    (${quoted(path)}) subs=(${subs.join(' ')}); opts=(${opts.join(' ')}) ;;`;
}

function described(word: string, about = ''): string {
  const name = word.replaceAll(':', '\\:');
  return quoted(about === '' ? name : `${name}:${about}`);
}
