import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandNames as names } from '../../src/cli/command-names.ts';
import { packagePath } from '../../src/lib/package-root.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const main = packagePath('dist', 'src', 'main.js');
const has = (program: string) => spawnSync(program, ['--version']).status === 0;
const scriptOf = (shell: string) =>
  spawnSync(process.execPath, [main, 'completion', shell], { encoding: 'utf8', env: { HOME: '/nowhere' } });

describe.each(['bash', 'zsh', 'fish'])('the completion for %s', (shell) => {
  it('is printed without a daemon and knows every command', () => {
    const { status, stdout, stderr } = scriptOf(shell);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const name of names) expect(stdout).toContain(name);
  });
});

describe.runIf(has('bash'))('bash', () => {
  let [folder, script] = ['', ''];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ninjad-bash-'));
    script = join(folder, 'ninjad');
    writeFileSync(script, scriptOf('bash').stdout);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  /** What a Tab offers behind these words, the last of which is being typed. */
  function offered(...words: string[]): string[] {
    const typed = ['ninjad', ...words].map((word) => `'${word}'`).join(' ');
    const { stdout, stderr, status } = spawnSync(
      'bash',
      [
        '--norc',
        '-c',
        `source '${script}' && complete -p ninjad >/dev/null && COMP_WORDS=(${typed}) && COMP_CWORD=${words.length} && _ninjad && printf '%s\\n' "\${COMPREPLY[@]}"`,
      ],
      { encoding: 'utf8' },
    );
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    return stdout.split('\n').filter(Boolean);
  }

  it('offers all commands, and those that begin so', () => {
    expect(offered('')).toEqual(expect.arrayContaining([...names]));
    expect(offered('sta')).toEqual(['status']);
    expect(offered('re')).toEqual(['restart', 'retrospective', 'remember', 'recall']);
  });

  it('offers sub-commands and options of the command that was typed', () => {
    expect(offered('rules', '')).toEqual(expect.arrayContaining(['list', 'add', 'undo', '--help']));
    expect(offered('up', '--')).toEqual(['--detach', '--help']);
    expect(offered('rules', 'import', '--')).toEqual(expect.arrayContaining(['--merge', '--dry-run']));
  });

  it('offers the values of options and arguments that have a list', () => {
    expect(offered('tasks', '--state', 'd')).toEqual(['done', 'dead']);
    expect(offered('tasks', '--state', '=', 'q')).toEqual(['queued']);
    expect(offered('completion', '')).toEqual(['bash', 'fish', 'zsh', '--help']);
    expect(offered('config', 'set', 'spend.')).toEqual(['spend.dailyUsd', 'spend.monthlyUsd']);
  });
});

/** Typed up to a Tab, and what stands there then. */
const completed = {
  'ninjad sta': 'ninjad status',
  'ninjad rules und': 'ninjad rules undo',
  'ninjad up --det': 'ninjad up --detach',
  'ninjad tasks --state q': 'ninjad tasks --state queued',
  'ninjad completion f': 'ninjad completion fish',
};

/** A zsh in a terminal of its own into which each text is typed, with a Tab behind it; prints what the line is then. */
const zshTyping = `
zmodload zsh/zpty
zpty inner "zsh -f -i"
await() { while zpty -r inner line "*$1*"; do [[ $line == *$1* ]] && { print -r -- "$line"; return; }; done; }
zpty -w inner "PS1=; autoload -Uz compinit; compinit -D -u; source $1; tell() { print -r -- \\"<\\$BUFFER>\\"; zle kill-buffer }"
zpty -w inner "zle -N tell; bindkey '^X' tell; bindkey '^I' complete-word; print READY\\$((1 + 1))"
await READY2
shift
for typed; do
  zpty -w -n inner "$typed"$'\\t\\x18'
  await '>'
done
zpty -d inner`;

describe.skipIf(!has('zsh'))('zsh (skipped where it is not installed)', () => {
  it('completes commands, options and values where somebody types', () => {
    const script = join(tempDir(), '_ninjad');
    writeFileSync(script, scriptOf('zsh').stdout);
    const { stdout, status } = spawnSync(
      'zsh',
      ['-f', '-c', zshTyping, 'zsh', script, ...Object.keys(completed)],
      {
        encoding: 'utf8',
        timeout: 100_000,
        env: { ...process.env, TERM: 'dumb' },
      },
    );
    expect(status).toBe(0);
    const lines = [...stdout.matchAll(/<(ninjad[^>]*)>/g)].map(([, line]) => line?.trim());
    expect(lines).toEqual(Object.values(completed));
  });
});

describe.skipIf(!has('fish'))('fish (skipped where it is not installed)', () => {
  it('completes commands, options and values', () => {
    const script = join(tempDir(), 'ninjad.fish');
    writeFileSync(script, scriptOf('fish').stdout);
    const asked = Object.keys(completed)
      .map((typed) => `complete -C '${typed}'`)
      .join('; ');
    const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', `source ${script}; ${asked}`], {
      encoding: 'utf8',
      timeout: 100_000,
    });
    expect(stderr).toBe('');
    const offered = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t')[0]);
    expect(offered).toEqual(Object.values(completed).map((line) => line.split(' ').at(-1)));
  });
});
