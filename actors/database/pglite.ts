import { PGlite } from '@electric-sql/pglite';
import { pg_buffercache } from '@electric-sql/pglite/contrib/pg_buffercache';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { vector } from '@electric-sql/pglite-pgvector';
import { makeDataFolder } from './make-data-folder.ts';
import { sharedBuffersFor } from './shared-buffers.ts';
import { SyncedNodeFs } from './synced-node-fs.ts';
import type { Engine } from './wire-session.ts';

/** Bursts would leave up to a gigabyte of old log behind, most of the room of a small home. */
const smallLog = 'max_wal_size=256MB';

/** Stronger than an ALTER SYSTEM of the owner's, which would meet the daemon at each start. */
const pinned = ['default_transaction_read_only=off', 'statement_timeout=0', 'lock_timeout=0'];

/**
 * PGlite's own start parameters without `-F`, which switches fsync off, and with the log synced by fsync(2):
 * Emscripten's fdatasync(2), the default on Linux, ends before any file system hears of it.
 */
const startParams = [
  ...PGlite.defaultStartParams.filter((param) => param !== '-F'),
  '-c',
  'wal_sync_method=fsync',
  '-c',
  smallLog,
  ...pinned.flatMap((setting) => ['-c', setting]),
];

/**
 * Opens the database in `dataDir` (made on first use, which takes 5–7 s) with pgvector and pg_trgm, with pg_buffercache for
 * `writeOut`, and with commits that reach the disk. Refuses a folder that has something else in it, see `makeDataFolder`.
 * The caller holds the directory's lock: two processes on it lose rows silently.
 */
export async function openPglite(dataDir: string): Promise<{ db: PGlite; files: SyncedNodeFs }> {
  await makeDataFolder(dataDir, initialise);
  const files = new SyncedNodeFs(dataDir);
  const db = await create(files, ['-c', `shared_buffers=${sharedBuffersFor(dataDir)}`]);
  await requireSyncedCommits(db, files);
  return { db, files };
}

/** The hook lies in Emscripten's insides, so a PGlite that goes around it is refused. */
async function requireSyncedCommits(db: PGlite, files: SyncedNodeFs): Promise<void> {
  const before = files.syncs;
  await db.query("SELECT pg_logical_emit_message(true, 'ninjad', 'opened')");
  if (files.syncs === before)
    throw new Error('this PGlite commits without a sync to disk: its file system has changed');
}

async function initialise(dir: string): Promise<void> {
  const db = await create(new SyncedNodeFs(dir));
  await db.close();
}

async function create(fs: SyncedNodeFs, moreParams: readonly string[] = []): Promise<PGlite> {
  const db = new PGlite({
    fs,
    extensions: { vector, pg_trgm, pg_buffercache },
    startParams: [...startParams, ...moreParams],
  });
  await db.waitReady;
  return db;
}

/** The database as the wire server's engine: raw groups of messages in, raw answers out. */
export function engineOf(db: PGlite): Engine {
  return (group) =>
    db.runExclusive(async () => {
      const chunks: Buffer[] = [];
      await db.execProtocolRawStream(group, {
        syncToFs: false,
        // The bytes are a view into the WASM heap and change with the next message.
        onRawData: (bytes) => chunks.push(Buffer.from(bytes)),
      });
      return Buffer.concat(chunks);
    });
}

const reported = [
  'application_name',
  'client_encoding',
  'DateStyle',
  'default_transaction_read_only',
  'in_hot_standby',
  'integer_datetimes',
  'IntervalStyle',
  'is_superuser',
  'scram_iterations',
  'search_path',
  'server_encoding',
  'server_version',
  'session_authorization',
  'standard_conforming_strings',
  'TimeZone',
];

/** The settings that a server reports to its clients at their start. */
export async function reportedParameters(db: PGlite): Promise<Map<string, string>> {
  const { rows } = await db.query<{ name: string; setting: string }>(
    'SELECT name, setting FROM pg_settings WHERE name = ANY ($1)',
    [reported],
  );
  return new Map(rows.map(({ name, setting }) => [name, setting]));
}
