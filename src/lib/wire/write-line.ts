import {
  close as closeCallback,
  constants,
  open as openCallback,
  fstat as fstatCallback,
  write as writeCallback,
} from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { NinjadError } from '../errors.ts';

const open = promisify(openCallback);
const close = promisify(closeCallback);
const fstat = promisify(fstatCallback);

/** Nobody reads the pipe, or listens on the socket, at this path. The CLI exits 3. */
export class DaemonNotRunningError extends NinjadError {
  constructor(path: string, options?: ErrorOptions) {
    super('NOT_RUNNING', `no daemon answers at ${path}; start one with: ninjad up`, options);
  }
}

/** Short, since others fill the room that a reader makes at once. */
const retryMs = 2;

/**
 * Writes one wire line (at most `PIPE_BUF` bytes, so that it arrives whole) into the FIFO without ever blocking.
 * A full pipe is tried again until `deadlineMs` (10,000) has passed. Rejects with `DaemonNotRunningError` when nobody reads.
 */
export async function writeLine(fifoPath: string, line: string, deadlineMs = 10_000): Promise<void> {
  const bytes = Buffer.from(line);
  if (bytes.length > 4096) throw new RangeError(`a line of ${bytes.length} bytes would tear; use the spool`);
  const fd = await openForWriting(fifoPath);
  try {
    if (!(await fstat(fd)).isFIFO()) throw new NinjadError('NOT_A_FIFO', `${fifoPath} is not a named pipe`);
    await writeWhole(fd, bytes, performance.now() + deadlineMs, fifoPath);
  } finally {
    await close(fd);
  }
}

async function openForWriting(fifoPath: string): Promise<number> {
  try {
    return await open(fifoPath, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENXIO' || code === 'ENOENT') throw new DaemonNotRunningError(fifoPath, { cause });
    throw cause;
  }
}

async function writeWhole(fd: number, bytes: Buffer, deadline: number, fifoPath: string): Promise<void> {
  for (;;) {
    try {
      await new Promise<void>((resolve, reject) => {
        writeCallback(fd, bytes, (error) => (error === null ? resolve() : reject(error)));
      });
      return;
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code;
      if (code === 'EPIPE') throw new DaemonNotRunningError(fifoPath, { cause });
      if (code !== 'EAGAIN') throw cause;
      if (performance.now() > deadline) {
        throw new NinjadError(
          'PIPE_FULL',
          `${fifoPath} stayed full: the daemon is not taking events at the moment`,
          { cause },
        );
      }
    }
    await delay(retryMs);
  }
}
