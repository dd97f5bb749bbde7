import type { HomePaths } from '../../lib/config/paths.ts';
import { acquireLock, type LockHandle } from '../../lib/process/lock.ts';
import { tablesWithRows } from '../../lib/store/count-rows.ts';
import { readDatabaseVersion } from '../base-backup.ts';
import { readGeneration } from '../generation.ts';
import { type OpenDatabase, withDatabase } from './copy-database.ts';
import type { Source } from './source.ts';

/**
 * A home that nobody uses: its lock is held, so that no daemon starts meanwhile. The database is started once, which also
 * repairs what a crash has left.
 */
export function coldSource(paths: HomePaths, openDatabase: OpenDatabase): Source {
  let lock: LockHandle | undefined;
  return {
    async begin() {
      lock = acquireLock(paths.lock);
      return withDatabase(openDatabase, paths.pg, async (store) => ({
        database: { kind: 'embedded', ...(await readDatabaseVersion(store)) },
        generation: readGeneration(paths.home)?.generation ?? 1,
        filled: await tablesWithRows(store),
      }));
    },
    databaseCopied: () => Promise.resolve(undefined),
    breathe: () => Promise.resolve(),
    // Nobody writes meanwhile: what had rows has them still.
    stillFilled: (tables) => Promise.resolve([...tables]),
    end() {
      lock?.release();
      lock = undefined;
      return Promise.resolve();
    },
  };
}
