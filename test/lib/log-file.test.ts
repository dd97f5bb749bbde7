import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createLogFile } from '../../src/lib/log-file.ts';
import { until } from '../helpers/daemon.ts';
import { tempDir } from '../helpers/temp-dir.ts';

it('goes on once it can be written again, and says how many lines were lost', async () => {
  const dir = tempDir();
  const path = join(dir, 'ninjad.log');
  // Neither root nor anybody else can write into what is a folder.
  mkdirSync(path);
  const file = createLogFile({ dir, restMs: 20, lostLine: (lost) => `lost ${lost}\n` });
  file.write('first\n');
  file.write('second\n');
  await until('both are lost', () => file.lost() === 2);
  let tries = 2;
  const more = (): void => {
    tries += 1;
    file.write(`line ${tries}\n`);
  };
  rmdirSync(path);
  await until('it is written again', () => {
    more();
    try {
      return /\n$/.test(readFileSync(path, 'utf8'));
    } catch {
      return false;
    }
  });
  more();
  await until('the last line is there', () => readFileSync(path, 'utf8').endsWith(`line ${tries}\n`));
  const [, note, ...rest] = readFileSync(path, 'utf8').trimEnd().split('\n');
  expect(note).toMatch(/^lost \d+$/);
  const lost = Number(note?.slice('lost '.length));
  expect(lost).toBeGreaterThanOrEqual(2);
  expect(rest).toEqual(Array.from({ length: tries - lost }, (_, index) => `line ${lost + index + 1}`));
});
