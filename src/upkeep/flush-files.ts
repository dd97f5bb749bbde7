import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Has the system put what was written into the files of a folder on the disk, one file after the other. Whoever flushes them
 * next, as a checkpoint does while all statements wait for it, finds little left. What vanishes meanwhile is left to them.
 */
export async function flushFiles(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = await open(join(entry.parentPath, entry.name), 'r').catch(() => undefined);
    try {
      await file?.datasync();
    } finally {
      await file?.close();
    }
  }
}
