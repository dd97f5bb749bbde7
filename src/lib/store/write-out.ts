import type { Tx } from './store.ts';

/** Pages that one statement writes out: 2 MiB, so that others wait for no more than that. */
export const pagesAtOnce = 256;
/** Whoever writes meanwhile leaves pages of their own; these are few, and the checkpoint takes them. */
const maxRounds = 4;

/**
 * Writes the changed pages of the embedded database into their files in many small statements, so that the checkpoint which
 * follows has few left: it is one statement, and everybody waits for it. Uses functions of pg_buffercache, which are there for
 * the session alone. Resolves to how many pages were written.
 */
export async function writeOut(store: Tx): Promise<number> {
  await store.query({ text: functions });
  try {
    let written = 0;
    for (let round = 0; round < maxRounds; round += 1) {
      const { rows } = await store.query<{ id: number }>({ text: changedPages });
      for (let at = 0; at < rows.length; at += pagesAtOnce) {
        const ids = rows.slice(at, at + pagesAtOnce).map(({ id }) => id);
        const { rows: counted } = await store.query<{ count: number }>({ text: writePages, values: [ids] });
        written += counted[0]?.count ?? 0;
      }
      if (rows.length <= pagesAtOnce) break;
    }
    return written;
  } finally {
    await store.query({
      text: 'DROP FUNCTION pg_temp.ninjad_pages(); DROP FUNCTION pg_temp.ninjad_write_page(integer)',
    });
  }
}

const functions = `
  CREATE OR REPLACE FUNCTION pg_temp.ninjad_pages() RETURNS SETOF record
    LANGUAGE c AS '$libdir/pg_buffercache', 'pg_buffercache_pages';
  CREATE OR REPLACE FUNCTION pg_temp.ninjad_write_page(page integer, OUT evicted boolean, OUT flushed boolean)
    LANGUAGE c STRICT AS '$libdir/pg_buffercache', 'pg_buffercache_evict'`;

const changedPages = `
  SELECT id FROM pg_temp.ninjad_pages() AS page (
    id integer, file oid, tablespace oid, database oid, fork int2, block int8, changed boolean, usage int2, pins integer
  ) WHERE changed ORDER BY file, block`;

const writePages = `
  SELECT count(*) FILTER (WHERE page.flushed) AS count
    FROM unnest($1::integer[]) AS wanted (id), pg_temp.ninjad_write_page(wanted.id) AS page`;
