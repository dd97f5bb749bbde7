import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { manPage } from '../../src/cli/man-page.ts';
import { programFor } from '../../src/cli/run.ts';
import { packagePath } from '../../src/lib/package-root.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const facts = { version: '1.2.3', date: '2026-11-29T00:00:00Z' };
const hasMan = spawnSync('man', ['--version']).error === undefined;
if (!hasMan) process.stderr.write('skipped: man is not installed, so the man page is not formatted here\n');

it('has every command with its options, as the help has', async () => {
  const program = await programFor();
  const page = manPage(program, facts);
  for (const command of program.commands) {
    expect(page).toContain(`.SS ninjad ${command.name().replaceAll('-', '\\-')}`);
    for (const child of command.commands)
      expect(page).toContain(`.SS ninjad ${command.name()} ${child.name().replaceAll('-', '\\-')}`);
    for (const { long } of command.options)
      if (long !== undefined) expect(page).toContain(long.replaceAll('-', '\\-'));
  }
  expect(page).toContain('.TH NINJAD 1 "2026-11-29" "ninjad 1.2.3"');
  expect(page).toContain('Exit status: 0 done, 1 failed');
});

it.skipIf(!hasMan)('is formatted by man without a word', async () => {
  const file = join(tempDir(), 'ninjad.1');
  writeFileSync(file, manPage(await programFor(), facts));
  const run = spawnSync('man', ['--warnings=w', '--local-file', file], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', MANWIDTH: '100', MAN_KEEP_FORMATTING: '' },
  });
  expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' });
  expect(run.stdout).toMatch(/ninjad service install/);
  expect(run.stdout).toMatch(/NAME\n +ninjad - A personal agent daemon/);
});

it('is where package.json says once it is built, with the commit beside it', () => {
  const { man } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { man: [string] };
  expect(readFileSync(packagePath(man[0]), 'utf8')).toMatch(/^\.TH NINJAD 1 /);
  if (!existsSync(packagePath('.git'))) return;
  expect(readFileSync(packagePath('dist', 'commit'), 'utf8')).toMatch(/^[0-9a-f]{7,40}(?:-dirty)?\n$/);
});
