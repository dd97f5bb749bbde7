import { lstat, readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { rest } from '../lib/rest.ts';

const lookMs = 500;
/** Looks take a part of the time at most, however many files there are. */
const restFactor = 4;
/** This much of the disk is left to everybody else, or a twentieth of it where that is less. */
const reserveBytes = 512 * 1024 ** 2;

export interface DiskWatchOptions {
  folder: string;
  maxBytes: number;
  /** Ends the watch. */
  signal: AbortSignal;
}

/** Resolves to the reason as soon as a folder has grown too large or the disk is nearly full; undefined at the end of the watch. */
export async function watchDisk({ folder, maxBytes, signal }: DiskWatchOptions): Promise<string | undefined> {
  while (!signal.aborted) {
    const startedAt = performance.now();
    const nearlyFull = await isNearlyFull(folder);
    if (nearlyFull) return 'the disk is nearly full';
    if ((await sizeOf(folder, maxBytes)) > maxBytes)
      return `it took more than ${Math.round(maxBytes / 1024 ** 2)} MB on the disk`;
    await rest(Math.max(lookMs, restFactor * (performance.now() - startedAt)), signal);
  }
  return undefined;
}

/** Bytes of a folder as the disk counts them; stops counting past `enough`. Follows no link. */
export async function sizeOf(folder: string, enough: number): Promise<number> {
  let sum = 0;
  const open = [folder];
  for (let next = open.pop(); next !== undefined && sum <= enough; next = open.pop()) {
    const entries = await readdir(next, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) open.push(path);
      else sum += ((await lstat(path).catch(() => undefined))?.blocks ?? 0) * 512;
    }
  }
  return sum;
}

async function isNearlyFull(folder: string): Promise<boolean> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return bavail * bsize < Math.min(reserveBytes, (blocks * bsize) / 20);
}
