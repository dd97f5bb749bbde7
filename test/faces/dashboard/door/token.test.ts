import { execFileSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openToken } from '../../../../src/faces/dashboard/door/token.ts';
import { tempDir } from '../../../helpers/temp-dir.ts';

const wellFormed = 'a'.repeat(43);

it('keeps the token that it finds, for the owner alone', () => {
  const path = join(tempDir(), 'token');
  writeFileSync(path, `${wellFormed}\n`, { mode: 0o644 });
  expect(openToken(path)).toBe(wellFormed);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it.each(['a well-formed file', 'nothing'])(
  'follows no link, be it to %s: a new token takes its place',
  (what) => {
    const dir = tempDir();
    const [path, target] = [join(dir, 'token'), join(dir, 'target')];
    if (what !== 'nothing') {
      writeFileSync(target, wellFormed);
      chmodSync(target, 0o644);
    }
    symlinkSync(target, path);
    const token = openToken(path);
    expect(token).not.toBe(wellFormed);
    expect(lstatSync(path).isFile()).toBe(true);
    expect(readFileSync(path, 'utf8').trim()).toBe(token);
    if (what !== 'nothing')
      expect([readFileSync(target, 'utf8'), statSync(target).mode & 0o777]).toEqual([wellFormed, 0o644]);
  },
);

it('waits for no pipe in its place, and refuses a folder in a sentence', () => {
  const dir = tempDir();
  execFileSync('mkfifo', [join(dir, 'pipe')]);
  expect(openToken(join(dir, 'pipe'))).toHaveLength(43);
  mkdirSync(join(dir, 'token'));
  expect(() => openToken(join(dir, 'token'))).toThrow(`${join(dir, 'token')} is a folder: move it away`);
});
