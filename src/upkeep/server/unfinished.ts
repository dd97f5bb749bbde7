import type { Store, Tx } from '../../lib/store/store.ts';
import type { Settled } from '../backup/after-restore.ts';

/** How far a restore into a database of a server has come. */
export interface Unfinished {
  /** The checksum of the archive's content. */
  archive: string;
  /** When it began, ISO 8601. */
  at: string;
  /** What was settled, with the rows of each table afterwards; absent before. */
  done?: { settled: Settled; counts: Record<string, number> };
}

/**
 * A schema without tables, whose comment says how far a restore is. It is made before the dump is loaded and goes when the home has
 * taken its place, so that whatever kills the restore between, the next one goes on.
 */
const marker = 'ninjad_restoring';

/** What was begun in a database and not ended; undefined where nothing was. */
export async function readUnfinished(store: Tx): Promise<Unfinished | undefined> {
  const { rows } = await store.query<{ note: string | null }>({
    text: `SELECT obj_description(oid, 'pg_namespace') AS note FROM pg_namespace WHERE nspname = '${marker}'`,
  });
  try {
    return JSON.parse(rows[0]?.note ?? '') as Unfinished;
  } catch {
    return undefined;
  }
}

/** Notes how far it is. */
export async function noteUnfinished(store: Tx, unfinished: Unfinished): Promise<void> {
  await store.query({ text: `CREATE SCHEMA IF NOT EXISTS ${marker}` });
  const { rows } = await store.query<{ statement: string }>({
    text: `SELECT format('COMMENT ON SCHEMA ${marker} IS %L', $1::text) AS statement`,
    values: [JSON.stringify(unfinished)],
  });
  await store.query({ text: rows[0]?.statement ?? '' });
}

/** Takes the note away. */
export async function endUnfinished(store: Pick<Store, 'query'>): Promise<void> {
  await store.query({ text: `DROP SCHEMA IF EXISTS ${marker}` });
}
