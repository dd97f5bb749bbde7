import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HomePaths } from '../../lib/config/paths.ts';
import { UsageError } from '../../lib/errors.ts';
import { createSettings, type LiveSettings } from '../../settings.ts';
import { listBackups } from '../../upkeep/backup/catalogue.ts';

/** The settings of a home by file and environment. */
export function settingsOf(paths: HomePaths): LiveSettings {
  return createSettings({ configFile: paths.configFile, env: process.env });
}

/** The folder of a home's backups: `backup.dir`, else `backups` in the home. */
export function backupFolder(paths: HomePaths, settings: Pick<LiveSettings, 'get'>): string {
  return settings.get('backup.dir') ?? join(paths.home, 'backups');
}

/** The same, made where it is missing. */
export function makeBackupFolder(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** The archive that a command means: the one that is named, else the newest of the folder. */
export async function namedOrNewest(named: string | undefined, folder: string): Promise<string> {
  if (named !== undefined) return named;
  const newest = (await listBackups(folder)).at(0);
  if (newest === undefined) throw new UsageError(`there is no backup in ${folder}: name an archive`);
  return newest.path;
}
