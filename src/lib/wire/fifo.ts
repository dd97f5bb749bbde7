import { execFile } from 'node:child_process';
import { closeSync, constants, fchmodSync, fstatSync, openSync } from 'node:fs';
import { chmod, lstat, rename } from 'node:fs/promises';
import { promisify } from 'node:util';
import { coded } from '../errors.ts';
import { growPipe } from './grow-pipe.ts';

const run = promisify(execFile);
const pipeBytes = 1024 * 1024;
const privateMode = 0o600;

/** An open end of the pipe; both ways, so that it never sees an end of file when the last writer leaves. */
export interface OpenFifo {
  fd: number;
  inode: number;
  path: string;
}

/** The path is taken by something that is not our pipe. */
export class FifoRefusedError extends coded('FIFO_REFUSED') {}

/**
 * Makes the named pipe with mode 0600, or checks the one that is there: it must be a pipe and ours.
 * Rejects with `FifoRefusedError`, which says what stands in the way.
 */
export async function ensureFifo(path: string): Promise<void> {
  const found = await lstat(path).catch((thrown: unknown) => {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  });
  if (found === undefined) {
    await run('mkfifo', ['-m', '600', path]);
    return;
  }
  if (!found.isFIFO()) {
    const kind = found.isFile()
      ? 'a regular file (a shell that writes to a missing pipe makes one)'
      : found.isDirectory()
        ? 'a folder'
        : found.isSymbolicLink()
          ? 'a symbolic link'
          : 'something else';
    throw new FifoRefusedError(`${path} should be a named pipe but is ${kind}; move it away and start again`);
  }
  if (!isOurs(found)) {
    throw new FifoRefusedError(
      `${path} belongs to user ${found.uid}, not to ${process.getuid?.() ?? 'this one'}; move it away and start again`,
    );
  }
  if ((found.mode & 0o777) !== privateMode) await chmod(path, privateMode);
}

/**
 * Opens the pipe without blocking and grows it to 1 MiB where the system allows.
 * Throws a `FifoRefusedError` where something else has taken its place since it was checked.
 */
export function openFifo(path: string): OpenFifo {
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const found = fstatSync(fd);
  if (!found.isFIFO()) {
    closeSync(fd);
    throw new FifoRefusedError(`${path} should be a named pipe and is one no longer`);
  }
  growPipe(fd, pipeBytes);
  return { fd, inode: found.ino, path };
}

/** Closes an end of the pipe. */
export function closeFifo(fifo: OpenFifo): void {
  closeSync(fifo.fd);
}

/** True while the path still leads to the pipe that is open, and it is ours. */
export async function isStillThere(fifo: OpenFifo): Promise<boolean> {
  const found = await lstat(fifo.path).catch(() => undefined);
  return found?.isFIFO() === true && found.ino === fifo.inode && isOurs(found);
}

/** Takes back what the pipe's mode allows others, and returns that mode; undefined where it allows them nothing. */
export function closeToOthers(fifo: OpenFifo): number | undefined {
  const mode = fstatSync(fifo.fd).mode & 0o777;
  if (mode === privateMode) return undefined;
  fchmodSync(fifo.fd, privateMode);
  return mode;
}

/**
 * Moves whatever took the pipe's place aside, a pipe of another user too, and returns where it went; undefined when there is
 * nothing or a pipe of ours.
 */
export async function moveIntruderAside(path: string, now: number): Promise<string | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined || (found.isFIFO() && isOurs(found))) return undefined;
  const aside = `${path}.found-${now}`;
  await rename(path, aside);
  return aside;
}

function isOurs({ uid }: { uid: number }): boolean {
  return process.getuid === undefined || uid === process.getuid();
}
