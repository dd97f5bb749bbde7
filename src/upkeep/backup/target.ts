import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '../../lib/errors.ts';
import { nameOf } from './catalogue.ts';
import { BackupError } from './failure.ts';

/**
 * The path of the archive that is to be: `to` itself where it ends in `.tar`, else a name that is free in the folder `to`. Throws a
 * `BackupError` where it cannot be written there.
 */
export async function archivePath(to: string, at: Date): Promise<string> {
  const found = await kindOf(to);
  if (found === 'folder') return freeName(to, at);
  if (!to.endsWith('.tar'))
    throw failed(
      found === undefined
        ? `there is no folder ${to} for the backup`
        : `${to} is no folder: expected one, or a path that ends in .tar`,
    );
  if (found !== undefined) throw failed(`${to} is there already: name another one`);
  const folder = dirname(to);
  if ((await kindOf(folder)) !== 'folder') throw failed(`there is no folder ${folder} for the backup`);
  return to;
}

async function kindOf(path: string): Promise<'folder' | 'other' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'other';
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR'].includes((thrown as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw failed(`${path} cannot be looked at: ${messageOf(thrown)}`);
  }
}

function freeName(folder: string, at: Date): string {
  for (let count = 1; ; count += 1) {
    const path = join(folder, nameOf(at, count));
    if (!existsSync(path)) return path;
  }
}

const ofTheDisk = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'EFBIG', 'EIO']);

/** What the disk said while an archive was written, in a sentence; anything else as it is. */
export function inWords(thrown: unknown, path: string): unknown {
  const code = (thrown as NodeJS.ErrnoException | null)?.code;
  if (thrown instanceof BackupError || code === undefined || !ofTheDisk.has(code)) return thrown;
  return failed(`the backup ${path} cannot be written: ${messageOf(thrown)}; nothing of it is left`, thrown);
}

function failed(why: string, cause?: unknown): BackupError {
  return new BackupError('failed', why, { cause });
}
