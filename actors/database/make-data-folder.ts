import { existsSync } from 'node:fs';
import { mkdir, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NinjadError } from '../../src/lib/errors.ts';
import { inspectDataFolder } from '../../src/lib/store/data-folder.ts';

/**
 * Makes a database's folder with `fill`, where there is none yet. PGlite copies a new database file by file, so it is made
 * beside its place: killed half-way it leaves no half database. Only what this function made itself is ever deleted: an
 * unfinished folder that a note beside it names, by its inode. Throws `NinjadError` DATA_FOLDER_DAMAGED for a folder that has
 * anything else in it.
 */
export async function makeDataFolder(dataDir: string, fill: (dir: string) => Promise<void>): Promise<void> {
  const found = inspectDataFolder(dataDir);
  if (found.kind === 'database') return;
  if (found.kind === 'damaged') throw new NinjadError('DATA_FOLDER_DAMAGED', found.problem);
  // The owner may have put the folder on another disk.
  const place = existsSync(dataDir) ? await realpath(dataDir) : dataDir;
  const unfinished = `${place}.unfinished`;
  const note = `${unfinished}.inode`;
  await clearUnfinished(unfinished, note);
  await mkdir(unfinished, { mode: 0o700 });
  await writeFile(note, await inodeOf(unfinished), { mode: 0o600 });
  await fill(unfinished);
  // Takes the place of an empty folder and of nothing else: rename(2) refuses one that has got something meanwhile.
  await rename(unfinished, place);
  await rm(note, { force: true });
  await syncDirectory(dirname(place));
}

async function clearUnfinished(unfinished: string, note: string): Promise<void> {
  if (!existsSync(unfinished)) return;
  const noted = await readFile(note, 'utf8').catch(() => undefined);
  const isOurs = noted === (await inodeOf(unfinished));
  if (isOurs) await rm(unfinished, { recursive: true, force: true });
  else await rename(unfinished, `${unfinished}.${Date.now().toString(36)}`);
}

async function inodeOf(path: string): Promise<string> {
  const { dev, ino } = await stat(path);
  return `${dev}:${ino}\n`;
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
