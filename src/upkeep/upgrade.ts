import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { MigrationError, pendingMigrations } from '../lib/store/migrate.ts';
import { type Migration, migrationLabel } from '../lib/store/migrations.ts';
import type { Tx } from '../lib/store/store.ts';
import { folderBytes } from '../lib/folder-bytes.ts';

/** What a program would do to a database. */
export interface SchemaOutlook {
  /** The newest migration that the database has; null for a new one. */
  found: string | null;
  writtenBy: string | null;
  /** The newest one that this program knows. */
  knows: string;
  /** What would be applied, in order. */
  pending: string[];
  /** Why this program does not fit the database; null where it does. */
  problem: string | null;
}

/** Looks at the ledger of a database; changes nothing. `name` is the store as people know it. */
export async function schemaOutlook(
  store: Tx,
  migrations: readonly Migration[],
  name: string,
): Promise<SchemaOutlook> {
  const newest = migrations.at(-1);
  const outlook = {
    ...(await newestOf(store)),
    knows: newest === undefined ? 'none' : migrationLabel(newest),
  };
  try {
    const pending = await pendingMigrations(store, migrations, name);
    return { ...outlook, pending: pending.map(migrationLabel), problem: null };
  } catch (thrown) {
    if (!(thrown instanceof MigrationError)) throw thrown;
    return { ...outlook, pending: [], problem: thrown.message };
  }
}

async function newestOf(store: Tx): Promise<Pick<SchemaOutlook, 'found' | 'writtenBy'>> {
  const ledger = await store.query<{ ledger: string | null }>({
    text: `SELECT to_regclass('schema_migrations') AS ledger`,
  });
  if (ledger.rows[0]?.ledger == null) return { found: null, writtenBy: null };
  const { rows } = await store.query<{ version: number; name: string; writtenBy: string | null }>({
    text: `SELECT version, name, to_jsonb(ledger) ->> 'written_by' AS "writtenBy"
             FROM schema_migrations AS ledger ORDER BY version DESC LIMIT 1`,
  });
  const [row] = rows;
  return row === undefined
    ? { found: null, writtenBy: null }
    : { found: migrationLabel(row), writtenBy: row.writtenBy };
}

/** What the backup before an upgrade takes. */
export interface RoomForBackup {
  folder: string;
  /** Bytes that it may take. */
  bytes: number;
  freeBytes: number;
  isEnough: boolean;
  /** How long it may take, in seconds, on a machine of middling speed. */
  seconds: number;
}

const packedPerSecond = 40_000_000;
/** A copy that compresses badly, and the log beside it. */
const roomFactor = 1.5;

/** Whether the backup before an upgrade has room. */
export async function roomForBackup(dataDir: string, folder: string): Promise<RoomForBackup> {
  const bytes = await folderBytes(dataDir);
  const { bavail, bsize } = statfsSync(nearest(folder));
  const freeBytes = bavail * bsize;
  return {
    folder,
    bytes,
    freeBytes,
    isEnough: freeBytes >= roomFactor * bytes,
    seconds: Math.ceil(bytes / packedPerSecond),
  };
}

function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path));
}
