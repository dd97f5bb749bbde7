import { closeSync, openSync, readSync } from 'node:fs';

const maxProcBytes = 4 * 1024 * 1024;
let buffer = Buffer.allocUnsafe(64 * 1024);

/**
 * The content of a file under /proc, up to 4 MiB, or undefined when it (or its process) is gone or may not be read.
 * The bytes live in a shared buffer: use them before the next call.
 */
export function readProc(path: string): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    return buffer.subarray(0, readAll(fd));
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}

function readAll(fd: number): number {
  let length = 0;
  for (;;) {
    if (length === buffer.length) {
      if (length >= maxProcBytes) return length;
      buffer = Buffer.concat([buffer], buffer.length * 2);
    }
    const read = readSync(fd, buffer, length, buffer.length - length, null);
    length += read;
    // The files that we read come whole while they fit, so less than asked for is the end, and a second call is saved.
    if (length < buffer.length) return length;
  }
}
