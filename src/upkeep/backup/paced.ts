import type { FileHandle } from 'node:fs/promises';
import { Writable } from 'node:stream';

/** Bytes of ours that wait for the disk at once; the daemon's own commits queue behind them there. */
export const bytesAtOnce = 8 * 1024 * 1024;

type Flushed = Pick<FileHandle, 'datasync'>;

/** To be told of what was written into a file: puts it on the disk whenever `bytesAtOnce` have come together. */
export function paced(file: Flushed): (bytes: number) => Promise<void> {
  let waiting = 0;
  return async (bytes) => {
    waiting += bytes;
    if (waiting < bytesAtOnce) return;
    waiting = 0;
    await file.datasync();
  };
}

/** Writes a stream into a file from `start` on, paced. The file stays open. */
export function pacedWriter(file: Flushed & Pick<FileHandle, 'write'>, start: number): Writable {
  const wrote = paced(file);
  let at = start;
  const writeAll = async (chunk: Buffer): Promise<void> => {
    for (let from = 0; from < chunk.length;) {
      const { bytesWritten } = await file.write(chunk, from, chunk.length - from, at);
      from += bytesWritten;
      at += bytesWritten;
      await wrote(bytesWritten);
    }
  };
  return new Writable({
    write(chunk: Buffer, _, done) {
      writeAll(chunk).then(() => done(), done);
    },
  });
}
