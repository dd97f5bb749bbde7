import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../../src/lib/package-root.ts';
import { until } from './daemon.ts';
import { tempDir } from './temp-dir.ts';

/** What a daemon is made to believe of the machine; what is left out is as it is. */
export interface Told {
  /** Memory that is free, in bytes. */
  freeBytes?: number;
  /** Milliseconds by which the clock that cannot jump is ahead. */
  laterMs?: number;
}

/** The environment of a daemon whose machine a test can change while it runs. */
export function createSurroundings() {
  const file = join(tempDir(), 'surroundings.json');
  const preload = packagePath('test', 'fixtures', 'preloads', 'surroundings.js');
  return {
    env: { NODE_OPTIONS: `--import ${preload}`, NINJAD_TEST_SURROUNDINGS: file },
    /** Resolves once the daemon believes it. */
    async tell(told: Told): Promise<void> {
      const text = JSON.stringify(told);
      writeFileSync(`${file}.new`, text);
      renameSync(`${file}.new`, file);
      const read = `${file}.read`;
      await until('the daemon believes it', () => existsSync(read) && readFileSync(read, 'utf8') === text);
    },
  };
}
