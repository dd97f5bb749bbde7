import {
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
  readdirSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeWhole } from '../../src/lib/write-whole.ts';
import { tempDir } from '../helpers/temp-dir.ts';

it.each([false, true])(
  'replaces a file, and what an earlier try left, and stays private; flush: %s',
  (flush) => {
    const dir = tempDir();
    const path = join(dir, 'book');
    writeFileSync(path, 'old', { mode: 0o644 });
    writeFileSync(`${path}.new`, 'half of something');
    writeWhole(path, 'new', { flush });
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(dir)).toEqual(['book']);
  },
);

it('follows no link, neither in its place nor beside it', () => {
  const dir = tempDir();
  const path = join(dir, 'token');
  const other = join(dir, 'other');
  writeFileSync(other, 'somebody’s');
  symlinkSync(other, path);
  symlinkSync(other, `${path}.new`);
  writeWhole(path, 'ours');
  expect([readFileSync(other, 'utf8'), readFileSync(path, 'utf8')]).toEqual(['somebody’s', 'ours']);
  expect(lstatSync(path).isFile()).toBe(true);
});

it('leaves nothing beside a place that it could not take', () => {
  const dir = tempDir();
  const path = join(dir, 'book');
  mkdirSync(join(path, 'full'), { recursive: true });
  expect(() => writeWhole(path, 'new')).toThrow();
  expect(readdirSync(dir)).toEqual(['book']);
});
