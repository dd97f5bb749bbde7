import type { HomePaths } from '../../lib/config/paths.ts';
import { folderBytes } from '../../lib/folder-bytes.ts';
import { acquireLock, type LockHandle } from '../../lib/process/lock.ts';
import { tablesWithRows } from '../../lib/store/count-rows.ts';
import { readDatabaseVersion } from '../base-backup.ts';
import { readGeneration } from '../generation.ts';
import { type OpenDatabase, withDatabase } from './copy-database.ts';
import type { HeldHome, Source } from './source.ts';

/**
 * A home that nobody uses: its lock is held, so that no daemon starts meanwhile. The database is started once, which also
 * repairs what a crash has left.
 */
export function coldSource(paths: HomePaths, openDatabase: OpenDatabase): Source {
  return {
    ...restingHome(paths, () =>
      withDatabase(openDatabase, paths.pg, async (store) => ({
        database: { kind: 'embedded' as const, ...(await readDatabaseVersion(store)) },
        filled: await tablesWithRows(store),
      })),
    ),
    room: () => roomOfCluster(paths),
    // Nobody writes meanwhile: what had rows has them still.
    stillFilled: (tables) => Promise.resolve([...tables]),
  };
}

/** The copy of a cluster and a second one, which is started and counted, stand side by side for a while. */
export async function roomOfCluster({ pg }: HomePaths): Promise<number> {
  return Math.round(1.5 * (await folderBytes(pg)));
}

/** A home that nobody uses, whatever database it has: `look` sees it once the lock is held. */
export function restingHome<Seen extends object>(
  paths: HomePaths,
  look: () => Promise<Seen>,
): HeldHome<Seen> {
  let lock: LockHandle | undefined;
  const release = (): void => {
    lock?.release();
    lock = undefined;
  };
  return {
    async begin() {
      lock = acquireLock(paths.lock);
      try {
        return { ...(await look()), generation: readGeneration(paths.home)?.generation ?? 1 };
      } catch (thrown) {
        release();
        throw thrown;
      }
    },
    databaseCopied: () => Promise.resolve(undefined),
    breathe: () => Promise.resolve(),
    end() {
      release();
      return Promise.resolve();
    },
  };
}
