import type { Tx } from '../lib/store/store.ts';
import type { BaseBackup } from './backup/source.ts';

/** Begins PostgreSQL's base backup in the one session of the embedded database; one that was never ended is ended first. */
export async function startBaseBackup(store: Tx): Promise<void> {
  const start = () => store.query({ text: `SELECT pg_backup_start('ninjad', true)` });
  try {
    await start();
  } catch (thrown) {
    if (!isOutOfOrder(thrown)) throw thrown;
    await stopBaseBackup(store);
    await start();
  }
}

/** Whether a base backup was begun while one was in progress, or ended while none was. */
export function isOutOfOrder(thrown: unknown): boolean {
  return (thrown as { code?: unknown }).code === notInPrerequisiteState;
}

const notInPrerequisiteState = '55000';

/** Ends it: what has to stand beside the copied files, and how far the log has to reach. */
export async function stopBaseBackup(store: Tx): Promise<BaseBackup> {
  const { rows } = await store.query<BaseBackup>({
    text: `SELECT labelfile AS label, pg_walfile_name(lsn) AS "lastSegment" FROM pg_backup_stop(false)`,
  });
  return rows[0] as BaseBackup;
}

/** What the database is: its own version, and the newest migration. */
export async function readDatabaseVersion(store: Tx): Promise<{ server: string; schema: number }> {
  const { rows } = await store.query<{ server: string; schema: number }>({
    text: `SELECT current_setting('server_version') AS server, max(version)::int AS schema FROM schema_migrations`,
  });
  return rows[0] as { server: string; schema: number };
}
