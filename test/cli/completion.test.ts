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

describe.skipIf(!has('zsh'))('zsh (skipped where it is not installed)', () => {
  it('takes the script', () => {
    const { status, stderr } = spawnSync('zsh', ['-n'], {
      input: scriptOf('zsh').stdout,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe.skipIf(!has('fish'))('fish (skipped where it is not installed)', () => {
  it('offers commands and values', () => {
    const script = join(tempDir(), 'ninjad.fish');
    writeFileSync(script, scriptOf('fish').stdout);
    const { stdout } = spawnSync(
      'fish',
      ['--no-config', '-c', `source ${script}; complete -C 'ninjad tasks --state '`],
      { encoding: 'utf8' },
    );
    expect(stdout).toContain('queued');
  });
});
