import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HomePaths } from '../lib/config/paths.ts';
import { messageOf } from '../lib/errors.ts';
import { countRows } from '../lib/store/count-rows.ts';
import { MigrationError } from '../lib/store/migrate.ts';
import { type Migration, migrationLabel } from '../lib/store/migrations.ts';
import { storeAway } from '../lib/store/outage.ts';
import type { Store } from '../lib/store/store.ts';
import { readDatabaseVersion, startBaseBackup, stopBaseBackup } from './base-backup.ts';
import { roomOfCluster } from './backup/cold-source.ts';
import type { OpenDatabase } from './backup/copy-database.ts';
import { createBackup } from './backup/create.ts';
import type { Source } from './backup/source.ts';
import { readGeneration } from './generation.ts';

export interface UpgradeBackupDeps {
  paths: HomePaths;
  /** Where backups are kept; null is the home's own folder. */
  dir: string | null;
  isSecret: (key: string) => boolean;
  openDatabase: OpenDatabase;
  now: () => Date;
}

/**
 * Makes a backup of the home before its schema is changed, while nobody but the migration works on the database. One is made for
 * each schema in the life of a process, so that a migration which fails again and again does not fill the disk. Rejects with a
 * `MigrationError` where it cannot: an upgrade without a way back is the owner's to choose.
 */
export function createUpgradeBackup(deps: UpgradeBackupDeps) {
  let madeFor: number | undefined;
  return async (store: Store, pending: readonly Migration[]): Promise<string | undefined> => {
    const first = pending[0];
    if (first === undefined || madeFor === first.version) return undefined;
    try {
      const { path } = await createBackup({
        ...deps,
        source: quietSource(store, deps.paths),
        to: folderOf(deps),
        // In the home it is as private as what it is made of; another disk is another matter.
        withSecrets: deps.dir === null,
      });
      madeFor = first.version;
      return path;
    } catch (thrown) {
      const away = storeAway(thrown);
      if (away !== undefined) throw away;
      throw new MigrationError(
        'BACKUP_BEFORE_FAILED',
        `the schema is not brought to ${migrationLabel(pending.at(-1) ?? first)}, since the backup before it failed: ${messageOf(thrown)}; ` +
          'make room, name another place with backup.dir, or set backup.beforeUpgrade to false',
        { cause: thrown },
      );
    }
  };
}

function folderOf({ dir, paths }: UpgradeBackupDeps): string {
  const folder = dir ?? join(paths.home, 'backups');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** The database before anybody is let in: what is counted is what is copied. */
function quietSource(store: Store, paths: HomePaths): Source {
  let isOpen = false;
  const stop = async () => {
    isOpen = false;
    return stopBaseBackup(store);
  };
  return {
    room: () => roomOfCluster(paths),
    async begin() {
      const version = await readDatabaseVersion(store);
      const counts = await countRows(store);
      await startBaseBackup(store);
      isOpen = true;
      const generation = readGeneration(paths.home)?.generation ?? 1;
      return { database: { kind: 'embedded', ...version }, generation, filled: [], counts };
    },
    databaseCopied: stop,
    breathe: () => Promise.resolve(),
    stillFilled: () => Promise.resolve([]),
    async end() {
      if (isOpen) await stop();
    },
  };
}
