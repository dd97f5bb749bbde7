import type { Dirent } from 'node:fs';
import { chmod, lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Removes a folder and all below it; folders that were closed to their owner are opened first. Follows no link. */
export async function removeTree(folder: string): Promise<void> {
  const gone = { recursive: true, force: true, maxRetries: 3 };
  try {
    await rm(folder, gone);
  } catch {
    await open(folder);
    await rm(folder, gone);
  }
}

async function open(folder: string): Promise<void> {
  const found = await lstat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) return;
  await chmod(folder, 0o700).catch(() => undefined);
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await open(join(folder, entry.name));
}
