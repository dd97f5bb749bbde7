import type { QueryResult, QueryResultRow } from 'pg';

/** One statement: a stable name makes Postgres prepare it once a connection. */
export interface Statement {
  name?: string;
  text: string;
  values?: readonly unknown[];
  /** Rows as arrays in the order of the columns, so that two of the same name both show. */
  rowMode?: 'array';
}

/**
 * Postgres as the rest of the daemon sees it, embedded or not.
 * Every call rejects with `StoreAwayError` while the database cannot be reached,
 * and with pg's own `DatabaseError` when Postgres refuses the statement.
 * `bigint` columns arrive as JavaScript numbers (every id stays below 2^53).
 */
export interface Store {
  query<Row extends QueryResultRow = QueryResultRow>(statement: Statement): Promise<QueryResult<Row>>;
  /** Runs `work` between BEGIN and COMMIT on one connection; keep it short: the embedded database has only one. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** One that runs statements: a transaction, or the store itself where a single statement needs none. */
export type Tx = Pick<Store, 'query'>;
