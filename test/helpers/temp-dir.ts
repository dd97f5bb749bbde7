import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';

const made: string[] = [];

/** A fresh folder that is removed after the test. Its path is short, since Unix sockets have to fit in. */
export function tempDir(): string {
  const dir = mkdtempSync(join(realpathSync(tmpdir()), 'nj-'));
  made.push(dir);
  return dir;
}

afterEach(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});
