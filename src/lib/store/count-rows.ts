import type { Tx } from './store.ts';

/** All tables of the schema, parts of a partitioned one left out, in the order of their names. */
export async function listTables(store: Tx): Promise<string[]> {
  const { rows } = await store.query<{ name: string }>({
    text: `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname`,
  });
  return rows.map(({ name }) => name);
}

/** How many rows each table has, one statement a table; `between` is called before each. */
export async function countRows(
  store: Tx,
  between: () => Promise<void> = () => Promise.resolve(),
): Promise<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const name of await listTables(store)) {
    await between();
    const { rows } = await store.query<{ count: number }>({
      text: `SELECT count(*) AS count FROM ${quoted(name)}`,
    });
    counts.set(name, rows[0]?.count ?? 0);
  }
  return Object.fromEntries(counts);
}

/** The tables that have at least a row; takes no time, however large they are. */
export async function tablesWithRows(store: Tx): Promise<string[]> {
  const names = await listTables(store);
  if (names.length === 0) return [];
  const looks = names.map(
    (name) => `SELECT '${name.replaceAll("'", "''")}' AS name WHERE EXISTS (SELECT FROM ${quoted(name)})`,
  );
  const { rows } = await store.query<{ name: string }>({ text: looks.join(' UNION ALL ') });
  return rows.map(({ name }) => name);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
