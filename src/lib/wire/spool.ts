import { randomUUID } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { lstat, open, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { NinjadError } from '../errors.ts';
import { isSpoolName } from './scan-line.ts';

/** Above this many bytes of wire line a writer spools: longer pipe writes than `PIPE_BUF` (4,096) tear. */
export const spoolThresholdBytes = 4000;

/** The largest payload that may come through the spool, in bytes. */
export const maxSpoolBytes = 16 * 1024 * 1024;

/**
 * Writes a payload into the spool folder so that a crash never shows half of it (written aside, flushed, renamed).
 * Resolves to the name for `spoolReference`, which begins with `mark` (see `markOfKey`).
 */
export async function writeSpool(spoolDir: string, payload: string, mark?: string): Promise<string> {
  if (Buffer.byteLength(payload) > maxSpoolBytes) {
    throw new NinjadError(
      'TOO_LARGE',
      `expected at most ${maxSpoolBytes} bytes of payload, got ${Buffer.byteLength(payload)}`,
    );
  }
  const name = [...(mark === undefined ? [] : [mark]), Date.now().toString(36), randomUUID()].join('-');
  const unfinished = join(spoolDir, `.${name}`);
  const file = await open(unfinished, 'wx', 0o600);
  try {
    await file.writeFile(payload);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(unfinished, join(spoolDir, name));
  return name;
}

/** Reads a spooled payload. Rejects with a `NinjadError` (`SPOOL_MISSING`, `TOO_LARGE`) that names the fault. */
export async function readSpool(spoolDir: string, name: string): Promise<string> {
  const path = spoolPath(spoolDir, name);
  // Not followed where it is a link: a link may lead outside the folder.
  const found = await lstat(path).catch((cause: unknown) => {
    throw new NinjadError('SPOOL_MISSING', `the spool has no file ${name}`, { cause });
  });
  if (!found.isFile()) throw new NinjadError('SPOOL_MISSING', `the spool entry ${name} is not a plain file`);
  if (found.size > maxSpoolBytes) {
    throw new NinjadError(
      'TOO_LARGE',
      `the spooled payload has ${found.size} bytes, at most ${maxSpoolBytes} are taken`,
    );
  }
  return await readFile(path, 'utf8');
}

/** The size of a spooled payload in bytes, at most what is taken; 0 where there is none to be read. */
export function spooledBytes(spoolDir: string, name: string): number {
  if (!isSpoolName(name)) return 0;
  return Math.min(maxSpoolBytes, lstatSync(join(spoolDir, name), { throwIfNoEntry: false })?.size ?? 0);
}

/** Removes a spooled payload that is kept elsewhere by now; one that is gone already is fine. */
export async function removeSpool(spoolDir: string, name: string): Promise<void> {
  await unlink(spoolPath(spoolDir, name)).catch(() => undefined);
}

function spoolPath(spoolDir: string, name: string): string {
  if (!isSpoolName(name)) throw new RangeError(`not a spool name: ${JSON.stringify(name)}`);
  return join(spoolDir, name);
}
