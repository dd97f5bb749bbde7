import { Argument, Command } from 'commander';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { commandTree } from './tree.ts';
import { zshScript } from './zsh.ts';

const writers = { bash: bashScript, fish: fishScript, zsh: zshScript };
type Shell = keyof typeof writers;

const help = `
It knows the commands, their options, and the values of those that have a list of them. It is made of
the commands of this version: make it again after an update.

Examples:
  $ ninjad completion bash > ~/.local/share/bash-completion/completions/ninjad
  $ ninjad completion zsh > "\${fpath[1]}/_ninjad"
  $ ninjad completion fish > ~/.config/fish/completions/ninjad.fish
  $ eval "$(ninjad completion bash)"         for this shell alone
`;

/** `ninjad completion`: what completes this command line in a shell. */
export function completionCommand(): Command {
  return new Command('completion')
    .description('print what completes ninjad in your shell')
    .addArgument(new Argument('<shell>', 'your shell').choices(Object.keys(writers)))
    .addHelpText('after', help)
    .action((shell: Shell, _: unknown, command: Command) => {
      process.stdout.write(writers[shell](commandTree(command.parent ?? command)));
    });
}
