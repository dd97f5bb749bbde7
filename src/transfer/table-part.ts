import type { Store, Tx } from '../lib/store/store.ts';
import { ownValue } from '../lib/own-value.ts';
import type { HomePart } from './home-part.ts';

/** Rows that belong to a row of another table. */
export interface ChildTable {
  table: string;
  /** The column that refers to the row. */
  parent: string;
  /** Columns that mean nothing in another home. */
  omit: readonly string[];
  order: string;
}

export interface TablePart {
  name: string;
  /** One sentence for the README of an export. */
  says: string;
  table: string;
  /** Which rows are the owner's. Default: all. */
  where?: string;
  /** Which rows of this home (as `k`) count as there. Default: all. */
  stands?: string;
  /** Columns that say together whether a row is there already. */
  key: readonly [string, ...string[]];
  omit: readonly string[];
  children?: readonly ChildTable[];
  /** Changes of an exported row before it is stored in another home. */
  adapt?: (row: Record<string, unknown>) => Record<string, unknown>;
}

/** A part of a home that is a table with what belongs to its rows; each row is one JSON object. */
export function tablePart(part: TablePart): HomePart {
  const { name, says, table, where = 'true', omit, children = [] } = part;
  const own = `to_jsonb(t)${without([...omit, 'id'])}`;
  const lists = children.map(
    ({ table: child, parent, omit: omitted, order }) =>
      `'${child}', (SELECT coalesce(jsonb_agg(to_jsonb(c)${without([...omitted, parent])} ORDER BY ${order}), '[]') FROM ${child} c WHERE c.${parent} = t.id)`,
  );
  const row = lists.length === 0 ? own : `${own} || jsonb_build_object(${lists.join(', ')})`;
  return {
    name,
    says,
    async page(store, after, limit) {
      const { rows } = await store.query<{ id: number; row: Record<string, unknown> }>({
        name: `transfer-page-${name}`,
        text: `SELECT t.id, ${row} AS row FROM ${table} t WHERE (${where}) AND t.id > $1 ORDER BY t.id LIMIT $2`,
        values: [after, limit],
      });
      return { rows: rows.map((found) => found.row), after: rows.at(-1)?.id ?? null };
    },
    put: (tx, given) => putRow(tx, part, part.adapt?.(given) ?? given),
  };
}

function without(columns: readonly string[]): string {
  return columns.map((column) => ` - '${column}'`).join('');
}

async function putRow(
  tx: Tx,
  { table, key, stands = 'true', children = [] }: TablePart,
  given: Record<string, unknown>,
): Promise<boolean> {
  const own = Object.fromEntries(
    Object.entries(given).filter(([column]) => !children.some((child) => child.table === column)),
  );
  const same = key.map((column) => `k.${column} IS NOT DISTINCT FROM r.${column}`).join(' AND ');
  const id = await insert(
    tx,
    table,
    own,
    `WHERE NOT EXISTS (SELECT FROM ${table} k WHERE ${stands} AND ${same})`,
  );
  if (id === undefined) return false;
  for (const { table: child, parent } of children) {
    const rows = ownValue(given, child);
    if (!Array.isArray(rows)) continue;
    for (const row of rows as Record<string, unknown>[])
      await insert(tx, child, { ...row, [parent]: id }, '');
  }
  return true;
}

/** Inserts the columns that the table has; the others are of a later version and left out. Gives the new id, or undefined. */
async function insert(
  tx: Tx,
  table: string,
  row: Record<string, unknown>,
  where: string,
): Promise<number | undefined> {
  const known = await columnsOf(tx, table);
  const columns = Object.keys(row).filter((column) => known.has(column));
  const list = columns.map((column) => `"${column}"`).join(', ');
  const { rows } = await tx.query<{ id: number }>({
    text: `INSERT INTO ${table} (${list}) SELECT ${list} FROM jsonb_populate_record(NULL::${table}, $1) AS r ${where}
           ON CONFLICT DO NOTHING RETURNING ${known.has('id') ? 'id' : '0 AS id'}`,
    values: [JSON.stringify(row)],
  });
  return rows[0]?.id;
}

async function columnsOf(store: Pick<Store, 'query'>, table: string): Promise<Set<string>> {
  const { rows } = await store.query<{ name: string }>({
    name: 'transfer-columns',
    text: `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
    values: [table],
  });
  return new Set(rows.map(({ name }) => name));
}
