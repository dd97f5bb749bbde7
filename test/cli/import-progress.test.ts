import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { countLines, progressText } from '../../src/cli/import-progress.ts';
import { tempDir } from '../helpers/temp-dir.ts';

it('tells how far an import is, and how long the rest will take', () => {
  const state = { line: 20_000, total: 100_000, imported: 19_990, known: 10, elapsedMs: 30_000 };
  expect(progressText(state)).toBe(
    'line 20,000 of 100,000 (20 %, about 2m left): 19,990 imported, 10 known already',
  );
  expect(progressText({ ...state, elapsedMs: 500 })).toBe(
    'line 20,000 of 100,000 (20 %): 19,990 imported, 10 known already',
  );
  expect(progressText({ ...state, total: undefined })).toBe('line 20,000: 19,990 imported, 10 known already');
  expect(progressText({ ...state, line: 100_000 })).toContain('(100 %)');
});

it('counts the lines of a file, the last one with or without its end', async () => {
  const path = join(tempDir(), 'memories.jsonl');
  for (const [text, lines] of [
    ['', 0],
    ['a\n', 1],
    ['a\nb', 2],
    ['a\n\nb\n', 3],
  ] as const) {
    writeFileSync(path, text);
    expect(await countLines(path)).toBe(lines);
  }
  expect(await countLines('-')).toBeUndefined();
  expect(await countLines(join(path, 'nowhere'))).toBeUndefined();
});
