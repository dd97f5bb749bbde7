import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { createLogger } from '../../src/lib/log.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { eventually } from '../helpers/eventually.ts';

it('keeps the log private under a umask that hides nothing', async () => {
  const dir = tempDir();
  const path = join(dir, 'ninjad.log');
  const before = process.umask(0);
  try {
    const console = Object.assign(new PassThrough(), { fd: 1 }) as never;
    createLogger({ dir, level: 'info', console }).info('what somebody wrote');
    await eventually(() => expect(existsSync(path) && statSync(path).size).toBeGreaterThan(0));
  } finally {
    process.umask(before);
  }
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
