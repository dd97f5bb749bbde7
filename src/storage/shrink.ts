import type { Store } from '../lib/store/store.ts';
import { DAY } from '../lib/time.ts';
import { type ShrunkTable, shrunkTables } from './parts.ts';

/** Past this share of the budget the oldest goes, down to the second one. */
const fullShare = 0.9;
const wantedShare = 0.8;
/** What is younger stays whatever comes. */
const leastAgeMs = DAY;
/** Rows deleted with one statement, so that nobody waits long behind it. */
const chunkRows = 500;
/** A table with a smaller share of the budget as room in it is not written anew. */
const leastReusableShare = 0.01;
/** Rows from each end of a table by which the width of all is estimated. */
const sampledRows = 200;

export interface ShrinkOptions {
  budgetBytes: number;
  /** Bytes of the home that count, without the log of the database. Asked again where files were made smaller. */
  measure: () => Promise<number>;
  now: Date;
  signal?: AbortSignal;
  /** Whether a table of this size may be written anew, which takes its room once more for a while. */
  mayRewrite: (bytes: number) => Promise<boolean>;
}

/** What went for the budget. */
export interface Shrunk {
  /** Rows by part. */
  deleted: Map<string, number>;
  /** Tables that were written anew, since their files were too large for the budget. */
  rewritten: string[];
  /** Bytes that are still over the budget though nothing is left that may go. */
  overBytes: number;
}

interface TableState {
  table: string;
  bytes: number;
  /** Room within its files that later rows will take. */
  reusable: number;
}

/**
 * Keeps a home within its budget. Rows that are deleted make room within the files of their table, which later rows take;
 * so it deletes before the budget is reached, and only where the files are past it writes tables anew. A part is looked at
 * when the one before it has nothing left.
 */
export async function shrinkStore(
  store: Pick<Store, 'query'>,
  { budgetBytes, measure, now, signal, mayRewrite }: ShrinkOptions,
): Promise<Shrunk> {
  const shrunk: Shrunk = { deleted: new Map(), rewritten: [], overBytes: 0 };
  let files = await measure();
  if (files <= budgetBytes * fullShare) return shrunk;
  let states = await readStates(store);
  const used = (): number => files - sum(states.map(({ reusable }) => reusable));
  if (used() > budgetBytes * fullShare) {
    await deleteOldest(store, { wanted: used() - budgetBytes * wantedShare, now, signal }, shrunk);
    files = await measure();
    states = await readStates(store);
  }
  for (const { table, bytes, reusable } of states.sort((a, b) => b.reusable - a.reusable)) {
    if (files <= budgetBytes || reusable < budgetBytes * leastReusableShare || !(await mayRewrite(bytes)))
      break;
    await store.query({ text: `VACUUM (FULL, ANALYZE) ${table}` });
    // All of the new table went through the log.
    await store.query({ text: 'CHECKPOINT' });
    shrunk.rewritten.push(table);
    files = await measure();
  }
  shrunk.overBytes = Math.max(0, used() - budgetBytes);
  return shrunk;
}

async function deleteOldest(
  store: Pick<Store, 'query'>,
  { wanted, now, signal }: { wanted: number; now: Date; signal: AbortSignal | undefined },
  { deleted }: Shrunk,
): Promise<void> {
  let freed = 0;
  for (const from of shrunkTables) {
    const { part, table } = from;
    let rows = 0;
    while (freed < wanted) {
      signal?.throwIfAborted();
      const chunk = await deleteChunk(store, from, new Date(now.getTime() - leastAgeMs));
      freed += chunk.bytes;
      rows += chunk.rows;
      if (chunk.rows < chunkRows) break;
    }
    if (rows === 0) continue;
    deleted.set(part, (deleted.get(part) ?? 0) + rows);
    await store.query({ text: `VACUUM (ANALYZE) ${table}` });
    if (freed >= wanted) return;
  }
}

/** Deletes the oldest rows of a table; `bytes` is about what they took, with their indexes. */
async function deleteChunk(
  store: Pick<Store, 'query'>,
  { table, age, order, may }: ShrunkTable,
  before: Date,
): Promise<{ rows: number; bytes: number }> {
  const { rows } = await store.query<{ rows: number; bytes: number }>({
    name: `storage-shrink-${table}`,
    text: `WITH oldest AS (SELECT ctid FROM ${table} WHERE ${may} AND ${age} < $1 ORDER BY ${order} LIMIT ${chunkRows}),
                gone AS (DELETE FROM ${table} AS t USING oldest WHERE t.ctid = oldest.ctid RETURNING pg_column_size(t.*) AS size)
           SELECT count(*)::int AS rows, coalesce(sum(size + ${rowOverhead}), 0)::bigint AS bytes FROM gone`,
    values: [before],
  });
  return { rows: rows[0]?.rows ?? 0, bytes: rows[0]?.bytes ?? 0 };
}

/** Header and pointer of a row, and its entries in indexes, about. */
const rowOverhead = 100;

/** How much of the files of each table that may shrink is room for later rows, by the width of some of its rows. */
async function readStates(store: Pick<Store, 'query'>): Promise<TableState[]> {
  const states: TableState[] = [];
  for (const { table, order } of shrunkTables) {
    const { rows } = await store.query<{ bytes: number; rows: number; width: number }>({
      name: `storage-state-${table}`,
      text: `SELECT (pg_total_relation_size('${table}') - pg_indexes_size('${table}'))::bigint AS bytes,
                    (SELECT reltuples FROM pg_class WHERE oid = '${table}'::regclass)::float8 AS rows,
                    coalesce((SELECT avg(pg_column_size(sampled.*)) FROM (
                      (SELECT * FROM ${table} ORDER BY ${order} LIMIT ${sampledRows}) UNION ALL
                      (SELECT * FROM ${table} ORDER BY ${order} DESC LIMIT ${sampledRows})) AS sampled), 0)::float8 AS width`,
    });
    const found = rows[0];
    if (found === undefined) continue;
    const { bytes } = found;
    // A table that was never analysed tells nothing of itself.
    const live = found.rows < 0 ? bytes : 1.1 * found.rows * (found.width + 28);
    states.push({ table, bytes, reusable: Math.max(0, bytes - live) });
  }
  return states;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
