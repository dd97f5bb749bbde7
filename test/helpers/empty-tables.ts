import type { Store } from '../../src/lib/store/store.ts';

/**
 * Empties the named tables and all that refer to them, and lets them count from 1, as `TRUNCATE … RESTART IDENTITY CASCADE` does:
 * that gives each table and index a new file, whether or not there is a row, which took longer than most tests.
 */
export function emptyTables(tables: readonly string[]): (store: Store) => Promise<void> {
  let text: Promise<string> | undefined;
  return async (store) => {
    text ??= statementFor(store, tables);
    await store.query({ text: await text });
  };
}

const referring = `
  WITH RECURSIVE emptied AS (
    SELECT unnest($1::text[])::regclass::oid AS id
    UNION SELECT conrelid FROM pg_constraint JOIN emptied ON confrelid = id WHERE contype = 'f'
  )
  SELECT id::regclass::text AS "table",
         EXISTS (SELECT FROM pg_trigger WHERE tgrelid = id AND tgtype & 32 <> 0) AS "hasTruncateTrigger",
         coalesce((SELECT array_agg(s.objid::regclass::text) FROM pg_depend AS s JOIN pg_class AS c ON c.oid = s.objid
                    WHERE s.refobjid = id AND c.relkind = 'S'), '{}') AS sequences
    FROM emptied`;

async function statementFor(store: Store, tables: readonly string[]): Promise<string> {
  const { rows } = await store.query<{ table: string; hasTruncateTrigger: boolean; sequences: string[] }>({
    text: referring,
    values: [tables],
  });
  const triggered = rows.filter(({ hasTruncateTrigger }) => hasTruncateTrigger);
  const deeds = [
    ...triggered.map(({ table }) => ifFilled(table, `TRUNCATE ${table} CASCADE`)),
    // As a replica it neither checks what refers to what nor runs triggers of rows, as TRUNCATE would not.
    'SET LOCAL session_replication_role = replica',
    ...rows.map(({ table }) => ifFilled(table, `DELETE FROM ${table}`)),
    ...rows.flatMap(({ sequences }) => sequences.map((name) => `PERFORM setval('${name}', 1, false)`)),
  ];
  return `DO $$ BEGIN ${deeds.join('; ')}; END $$`;
}

const ifFilled = (table: string, deed: string): string =>
  `IF EXISTS (SELECT FROM ${table}) THEN ${deed}; END IF`;
