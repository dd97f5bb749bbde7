import { z } from 'zod';
import { recordAct } from '../activity/record-act.ts';
import { ConflictError } from '../lib/errors.ts';
import { nothing } from '../lib/operations/fields.ts';
import { operation } from '../lib/operations/operation.ts';
import { tablesWithRows } from '../lib/store/count-rows.ts';
import { lightenCheckpoint } from '../lib/store/lighten-checkpoint.ts';
import type { Store } from '../lib/store/store.ts';
import { isOutOfOrder, readDatabaseVersion, startBaseBackup, stopBaseBackup } from './base-backup.ts';
import type { BaseBackup, Begun } from './backup/source.ts';
import type { BackupHold } from './hold.ts';
import type { Restart } from './restart.ts';

/** Services that the operations of upkeep use. */
export interface UpkeepNeeds {
  store: Store;
  now: () => Date;
  backupHold: BackupHold;
  databaseKind: 'embedded' | 'server';
  /** Puts on the disk what was written into the files of the embedded database. */
  flushDatabase: () => Promise<void>;
  /** How often this home was restored, and once more. */
  generation: () => number;
  restart: Restart;
}

const byToken = z.strictObject({ token: z.string().regex(/^[\w-]{8,64}$/) });
const endInput = z.strictObject({ ...byToken.shape, archive: z.string().max(4_096).nullable() });
const tablesInput = z.strictObject({ tables: z.array(z.string().max(100)).max(1_000) });
const options = { faces: ['cli'], unrecorded: 'a backup is recorded when it ends' } as const;

/** Operations of upkeep: a restart, and the steps of a backup that only the running daemon can do, for the terminal alone. */
export const upkeepOperations = {
  'daemon.restart': operation(
    'POST /daemon/restart',
    nothing,
    async ({ store, restart, now }: UpkeepNeeds, _, caller) => {
      await recordAct(store, caller, {
        at: now(),
        action: 'daemon.restart',
        summary: 'the daemon was asked to start again',
      });
      restart();
      return { message: 'it ends once running tasks have, and starts again' };
    },
  ),
  'backup.begin': operation('POST /backup/begin', byToken, beginBackup, options),
  'backup.copied': operation(
    'POST /backup/copied',
    byToken,
    async ({ store, backupHold, databaseKind }: UpkeepNeeds, { token }): Promise<BaseBackup | null> => {
      backupHold.renew(token);
      return databaseKind === 'embedded' ? endSnapshot(store) : null;
    },
    options,
  ),
  'backup.hold': operation(
    'POST /backup/hold',
    byToken,
    ({ backupHold }: UpkeepNeeds, { token }) => {
      backupHold.renew(token);
      return { held: true };
    },
    options,
  ),
  'backup.filled': operation(
    'GET /backup/filled',
    tablesInput,
    async ({ store }: UpkeepNeeds, { tables }): Promise<string[]> => {
      const filled = new Set(await tablesWithRows(store));
      return tables.filter((table) => filled.has(table));
    },
    { faces: ['cli'] },
  ),
  'backup.end': operation(
    'POST /backup/end',
    endInput,
    async ({ store, backupHold, now }: UpkeepNeeds, { token, archive }, caller) => {
      const wasHeld = await backupHold.end(token);
      if (archive !== null)
        await recordAct(store, caller, {
          at: now(),
          action: 'backup.made',
          summary: `a backup was made: ${archive}`,
        });
      return { wasHeld };
    },
    { faces: ['cli'] },
  ),
};

/** A database that was started anew meanwhile, as after a crash, knows of no snapshot: what was copied of it is no copy. */
async function endSnapshot(store: Store): Promise<BaseBackup> {
  try {
    return await stopBaseBackup(store);
  } catch (thrown) {
    if (!isOutOfOrder(thrown)) throw thrown;
    throw new ConflictError(
      'the database was started anew while it was copied, and the copy is not to be trusted: begin the backup again',
      { cause: thrown },
    );
  }
}

/**
 * A base backup begins with a checkpoint, and all statements wait for it. One of our own goes before it, which takes the old log away
 * or renames it into the log to come; so the one that counts has neither to do, and no new log to fill.
 */
async function approachSnapshot(store: Store, flushDatabase: () => Promise<void>): Promise<void> {
  await lightenCheckpoint(store, flushDatabase);
  await store.query({ text: 'CHECKPOINT' });
  await lightenCheckpoint(store, flushDatabase);
}

async function beginBackup(needs: UpkeepNeeds, { token }: { token: string }): Promise<Begun> {
  const { store, backupHold, databaseKind, flushDatabase, generation } = needs;
  const version = await readDatabaseVersion(store);
  backupHold.begin(token);
  try {
    if (databaseKind === 'embedded') {
      await approachSnapshot(store, flushDatabase);
      backupHold.renew(token);
      await startBaseBackup(store);
    }
    const filled = await tablesWithRows(store);
    return { database: { kind: databaseKind, ...version }, generation: generation(), filled };
  } catch (thrown) {
    await backupHold.end(token);
    throw thrown;
  }
}
