import { join } from 'node:path';
import { countRows } from '../../lib/store/count-rows.ts';
import { libpqAddress } from '../../lib/store/libpq-address.ts';
import { createPool } from '../../lib/store/pool.ts';
import type { Tx } from '../../lib/store/store.ts';
import { readDatabaseVersion } from '../base-backup.ts';
import type { Manifest } from '../backup/manifest.ts';
import { runTool } from './run-tool.ts';
import { fittingTool } from './tools.ts';

/** The name of a dump in an archive. */
export const dumpName = 'database.dump';

export interface DumpOptions {
  url: string;
  /** Where the dump is written. */
  folder: string;
  /** Called again and again meanwhile. */
  breathe: () => Promise<void>;
}

/** A dump, with what was in the database at that instant. */
export interface Dumped {
  path: string;
  database: Manifest['database'];
  counts: Record<string, number>;
}

/**
 * Dumps the database of a server. The rows are counted in the transaction whose snapshot pg_dump takes over, so that the counts are
 * those of the dump while everybody goes on writing. Versions are compared first; throws a `BackupError`, or a `StoreAwayError`
 * where the server cannot be reached.
 */
export async function dumpServer({ url, folder, breathe }: DumpOptions): Promise<Dumped> {
  const path = join(folder, dumpName);
  return withServer(url, async (store) =>
    store.transaction(async (tx) => {
      await tx.query({ text: 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY' });
      // The transaction has nothing to do while pg_dump works, and its snapshot has to stay.
      await tx.query({ text: 'SET LOCAL idle_in_transaction_session_timeout = 0' });
      const version = await serverVersion(tx);
      const tool = await fittingTool('pg_dump', {
        atLeast: version,
        why: `the server is PostgreSQL ${version}`,
      });
      const { rows } = await tx.query<{ snapshot: string }>({
        text: 'SELECT pg_export_snapshot() AS snapshot',
      });
      const found = await readDatabaseVersion(tx);
      const counts = await countRows(tx, breathe);
      const address = libpqAddress(url);
      await runTool(tool, {
        args: [
          ...['--format=custom', '--compress=1', '--no-owner', '--no-privileges', '--no-password'],
          // Rows of all parts of a table come under its own name, as they are counted.
          '--load-via-partition-root',
          '--lock-wait-timeout=60s',
          `--snapshot=${rows[0]?.snapshot ?? ''}`,
          `--file=${path}`,
          `--dbname=${address.url}`,
        ],
        env: address.env,
        breathe,
      });
      return { path, database: { kind: 'server' as const, ...found, dumpedBy: tool.version }, counts };
    }),
  );
}

/** Connects to a server for statements that may take long, and leaves it again. */
export async function withServer<T>(
  url: string,
  work: (store: ReturnType<typeof createPool>) => Promise<T>,
): Promise<T> {
  const pool = createPool({ kind: 'server', url }, { max: 1, statementTimeoutMs: 0 });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

/** The major version of a server. */
export async function serverVersion(store: Tx): Promise<number> {
  const { rows } = await store.query<{ version: number }>({
    text: `SELECT current_setting('server_version_num')::int / 10000 AS version`,
  });
  return rows[0]?.version ?? 0;
}

/** What the database of a server takes there, in bytes. */
export function databaseBytes(url: string): Promise<number> {
  return withServer(url, async (store) => {
    const { rows } = await store.query<{ bytes: number }>({
      text: 'SELECT pg_database_size(current_database()) AS bytes',
    });
    return rows[0]?.bytes ?? 0;
  });
}
