import type { QueryArrayResult, QueryResult } from 'pg';
import type { Tx } from './store.ts';

/** The result of one statement, with rows as arrays. */
export interface SqlRows {
  command: string;
  rowCount: number | null;
  columns: string[];
  rows: unknown[][];
  truncated: boolean;
}

const maxRows = 1_000;

/** Runs the owner's own SQL, one or more statements; Postgres takes them as one transaction. Shows at most 1,000 rows each. */
export async function runSql(store: Tx, text: string): Promise<SqlRows[]> {
  // Without values pg uses the simple protocol, which takes several statements and then returns several results.
  const answer: unknown = await store.query({ text, rowMode: 'array' });
  const results = (Array.isArray(answer) ? answer : [answer]) as (QueryResult & QueryArrayResult)[];
  return results.map(({ command, rowCount, fields, rows }) => ({
    command,
    rowCount,
    columns: fields.map(({ name }) => name),
    rows: rows.slice(0, maxRows),
    truncated: rows.length > maxRows,
  }));
}
