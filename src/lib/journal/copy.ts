import { readSync, writeSync } from 'node:fs';
import type { Segment } from './segment.ts';

/**
 * read(2) and write(2) where there is no splice: moves up to `maxBytes` out of a non-blocking pipe to the end of a segment
 * and returns how many. Bytes that the disk refused are kept here and written first next time.
 */
export function createCopy(): (pipeFd: number, segment: Segment, maxBytes: number) => number {
  const buffer = Buffer.alloc(256 * 1024);
  let refused = Buffer.alloc(0);
  return (pipeFd, segment, maxBytes) => {
    const bytes = refused.length > 0 ? refused : buffer.subarray(0, readPipe(pipeFd, buffer, maxBytes));
    let done = 0;
    try {
      while (done < bytes.length) {
        done += writeSync(segment.fd, bytes, done, bytes.length - done, segment.size + done);
      }
    } catch (thrown) {
      refused = Buffer.from(bytes.subarray(done));
      if (done === 0) throw thrown;
      return done;
    }
    refused = Buffer.alloc(0);
    return done;
  };
}

function readPipe(pipeFd: number, buffer: Buffer, maxBytes: number): number {
  try {
    return readSync(pipeFd, buffer, 0, Math.min(buffer.length, maxBytes), null);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    throw thrown;
  }
}
