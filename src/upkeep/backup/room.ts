import { existsSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BackupError } from './failure.ts';

/** Throws where the disk of a path has less free than is wanted; `what` needs it, in the words of a person. */
export async function requireFree(path: string, wanted: number, what: string): Promise<void> {
  const folder = nearest(path);
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= wanted) return;
  const mb = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
  throw new BackupError(
    'failed',
    `${what} needs about ${mb(wanted)}, and ${folder} has ${mb(bavail * bsize)} free`,
  );
}

/** Throws where a folder is a file system of its own, which cannot change places with one beside it. */
export async function requireMovable(home: string): Promise<void> {
  if (!existsSync(home)) return;
  const [own, parent] = await Promise.all([stat(home), stat(dirname(home))]);
  if (own.dev === parent.dev) return;
  throw new BackupError(
    'failed',
    `${home} is a file system of its own and cannot change places with another folder: restore into a folder of it with --into, and let NINJAD_HOME name that`,
  );
}

/** The path itself, or the first folder above it that is there. */
function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}
