import pg, { type PoolClient, type PoolConfig, type QueryResult, type QueryResultRow } from 'pg';
import { messageOf, StoreAwayError } from '../errors.ts';
import type { DatabaseTarget } from './database-target.ts';
import { isOutage } from './outage.ts';
import type { Statement, Store } from './store.ts';

/** A `Store` that owns its connections. */
export interface PooledStore extends Store {
  /** Closes the connections once their statements have ended; what waits for one or comes later rejects with `StoreAwayError`. */
  end(): Promise<void>;
}

export interface PoolOptions {
  /** Connections at most (default 8). The embedded database has one session underneath, so it always gets one. */
  max?: number;
  /** How long to wait for a free connection, in milliseconds (default 10 s; embedded 60 s, since all share one). */
  connectTimeoutMs?: number;
  /**
   * After this long the server cancels a statement, in milliseconds (default 60 s; 0 = never). A server that does
   * not even do that is taken for away 5 s later. The embedded database has no timers inside and ignores it.
   */
  statementTimeoutMs?: number;
  /** Told each time that a connection turns out to be lost. Must not throw. */
  onLost?: (error: StoreAwayError) => void;
}

const readTimeoutMarginMs = 5_000;

/**
 * A pool of connections to either kind of database. Nothing is connected before the first statement.
 * Lost connections, refused ones and timeouts reject with `StoreAwayError`; what Postgres refuses stays pg's error.
 */
export function createPool(target: DatabaseTarget, options: PoolOptions = {}): PooledStore {
  const pool = new pg.Pool({ ...poolConfig(target, options), types });
  const toStoreError: ErrorMapper = (thrown) => {
    if (!isOutage(thrown)) return thrown;
    const away = new StoreAwayError(`the database cannot be reached: ${messageOf(thrown)}`, {
      cause: thrown,
    });
    options.onLost?.(away);
    return away;
  };
  // Without listeners a connection that breaks while idle, or between two statements, would end the process.
  pool.on('error', toStoreError);
  pool.on('connect', (client) => client.on('error', () => undefined));

  // pg-pool forgets those who wait for a connection when it ends; they would wait until their timeout.
  const waiting = new Set<() => void>();
  let ending = false;

  function checkOut(): Promise<PoolClient> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => reject(new StoreAwayError('the connections to the database are closed'));
      if (ending) {
        giveUp();
        return;
      }
      waiting.add(giveUp);
      pool
        .connect()
        .then(
          (client) => (ending ? client.release() : resolve(client)),
          (thrown: unknown) => reject(toStoreError(thrown) as Error),
        )
        .finally(() => waiting.delete(giveUp));
    });
  }

  async function withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await checkOut();
    let broken = false;
    try {
      return await work(client);
    } catch (thrown) {
      const error = toStoreError(thrown);
      broken = error instanceof StoreAwayError;
      throw error;
    } finally {
      client.release(broken);
    }
  }

  return {
    query: (statement) => withClient((client) => run(client, statement)),
    transaction: (work) => withClient((client) => runTransaction(client, work, toStoreError)),
    async end() {
      if (ending) return;
      ending = true;
      for (const giveUp of waiting) giveUp();
      await pool.end();
    },
  };
}

type ErrorMapper = (thrown: unknown) => unknown;

async function runTransaction<T>(
  client: PoolClient,
  work: (tx: Pick<Store, 'query'>) => Promise<T>,
  toStoreError: ErrorMapper,
): Promise<T> {
  let open = true;
  const tx: Pick<Store, 'query'> = {
    query: async <Row extends QueryResultRow>(statement: Statement) => {
      if (!open) throw new Error('a statement came after its transaction had ended');
      return run<Row>(client, statement).catch((thrown: unknown) => {
        throw toStoreError(thrown);
      });
    },
  };
  await client.query('BEGIN');
  try {
    const result = await work(tx);
    open = false;
    const { command } = await client.query('COMMIT');
    if (command !== 'COMMIT')
      throw new Error('the transaction was rolled back: one of its statements had failed');
    return result;
  } catch (thrown) {
    open = false;
    if (!(thrown instanceof StoreAwayError) && !isOutage(thrown)) await client.query('ROLLBACK');
    throw thrown;
  }
}

function run<Row extends QueryResultRow>(
  client: PoolClient,
  statement: Statement,
): Promise<QueryResult<Row>> {
  const { name, text, values, rowMode } = statement;
  // pg takes a query without values in the simple protocol, which is how a migration runs many statements at once.
  return client.query<Row>({
    text,
    ...(name === undefined ? {} : { name }),
    ...(values === undefined ? {} : { values: [...values] }),
    ...(rowMode === undefined ? {} : { rowMode }),
  });
}

function poolConfig(target: DatabaseTarget, options: PoolOptions): PoolConfig {
  const { max = 8, statementTimeoutMs = 60_000 } = options;
  if (target.kind === 'embedded') {
    return {
      host: target.socketDir,
      port: 5432,
      user: 'postgres',
      database: 'postgres',
      password: '',
      max: 1,
      idleTimeoutMillis: 0,
      connectionTimeoutMillis: options.connectTimeoutMs ?? 60_000,
      application_name: 'ninjad',
    };
  }
  return {
    connectionString: target.url,
    max,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    application_name: 'ninjad',
    keepAlive: true,
    ...(statementTimeoutMs > 0
      ? { statement_timeout: statementTimeoutMs, query_timeout: statementTimeoutMs + readTimeoutMarginMs }
      : {}),
  };
}

/** Every bigint of the schema is an id or a count and stays below 2^53. */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);
