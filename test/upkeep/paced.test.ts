import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, it } from 'vitest';
import { bytesAtOnce, pacedWriter } from '../../src/upkeep/backup/paced.ts';

it('never lets more than a few megabytes wait for the disk, and writes all in its place', async () => {
  const total = 5 * bytesAtOnce + 12_345;
  const chunk = 100_000;
  let waiting = 0;
  let most = 0;
  let next = 512;
  const file = {
    // Takes less than it is given, as a file may.
    write: (_: Buffer, from: number, length: number, at: number) => {
      expect(at).toBe(next);
      const bytesWritten = from === 0 && length > 10 ? length - 10 : length;
      next += bytesWritten;
      waiting += bytesWritten;
      most = Math.max(most, waiting);
      return Promise.resolve({ bytesWritten });
    },
    datasync: () => {
      waiting = 0;
      return Promise.resolve();
    },
  } as unknown as Pick<FileHandle, 'write' | 'datasync'>;
  const chunks = function* (): Generator<Buffer> {
    for (let left = total; left > 0; left -= chunk) yield Buffer.alloc(Math.min(chunk, left));
  };
  await pipeline(Readable.from(chunks(), { objectMode: false }), pacedWriter(file, 512));
  expect(next).toBe(512 + total);
  expect(most).toBeLessThan(bytesAtOnce + chunk);
});
