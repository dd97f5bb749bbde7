import { expect, it } from 'vitest';
import type { Statement, Tx } from '../../../src/lib/store/store.ts';
import { pagesAtOnce, writeOut } from '../../../src/lib/store/write-out.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase();

/** Pages that a checkpoint would have to write now. */
async function changedPages(): Promise<number> {
  await store.query({
    text: `CREATE OR REPLACE FUNCTION pg_temp.pages_of_test() RETURNS SETOF record
             LANGUAGE c AS '$libdir/pg_buffercache', 'pg_buffercache_pages'`,
  });
  const { rows } = await store.query<{ pages: number }>({
    text: `SELECT count(*) AS pages FROM pg_temp.pages_of_test() AS page (
      a integer, b oid, c oid, d oid, e int2, f int8, changed boolean, g int2, h integer) WHERE changed`,
  });
  return rows[0]?.pages ?? 0;
}

it('writes changed pages out in small statements, so that a checkpoint has next to none', async () => {
  await store.query({ text: 'CREATE TABLE ballast (id integer, body text)' });
  await store.query({
    text: `INSERT INTO ballast SELECT g, repeat('x', 1000) FROM generate_series(1, 15000) g`,
  });
  expect(await changedPages()).toBeGreaterThan(4 * pagesAtOnce);
  const sizes: number[] = [];
  const watched: Tx = {
    query: (statement: Statement) => {
      if (statement.values !== undefined) sizes.push((statement.values[0] as number[]).length);
      return store.query(statement) as never;
    },
  };
  expect(await writeOut(watched)).toBeGreaterThan(4 * pagesAtOnce);
  expect(Math.max(...sizes)).toBe(pagesAtOnce);
  expect(await changedPages()).toBeLessThan(pagesAtOnce);
  const { rows } = await store.query<{ rows: number }>({ text: 'SELECT count(*) AS rows FROM ballast' });
  expect(rows[0]?.rows).toBe(15_000);
  await store.query({ text: 'DROP TABLE ballast' });
});

it('leaves nothing of itself in the session', async () => {
  await writeOut(store);
  const { rows } = await store.query({ text: `SELECT proname FROM pg_proc WHERE proname LIKE 'ninjad%'` });
  expect(rows).toEqual([]);
});
