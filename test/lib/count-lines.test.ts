import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { countLines } from '../../src/lib/count-lines.ts';
import { tempDir } from '../helpers/temp-dir.ts';

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
