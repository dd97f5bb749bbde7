import pg, { type PoolClient, type PoolConfig, type QueryResult, type QueryResultRow } from 'pg';
import { messageOf, StoreAwayError } from '../errors.ts';
import type { DatabaseTarget } from './database-target.ts';
import { judgeStoreError, spoilsConnection, storeAway } from './outage.ts';
import type { Statement, Store, Tx } from './store.ts';

/** A `Store` that owns its connections. */
export interface PooledStore extends Store {
  /**
   * Closes the connections once their statements have ended; a statement that waits for one or comes later rejects with
   * `StoreAwayError`.
   */
  end(): Promise<void>;
}

export interface PoolOptions {
  /** Connections at most (default 8). The embedded database has one session underneath, so it always gets one. */
  max?: number;
  /** Longest wait for a free connection, in milliseconds (default 10 s; embedded 60 s, since all share one). */
  connectTimeoutMs?: number;
  /**
   * After this long the server cancels a statement, in milliseconds (default 60 s; 0 = never). A server that does
   * not even do that is taken for away 5 s later. The embedded database has no timers inside and ignores it.
   */
  statementTimeoutMs?: number;
  /** Default `daemonName`. */
  applicationName?: string;
  /** Told each time that a connection turns out to be lost. Must not throw. */
  onLost?: (error: StoreAwayError) => void;
  /** Told of each statement once it has ended, well or not. Must not throw. */
  onStatement?: (seen: SeenStatement) => void;
}

/** A statement that has ended, without its values. */
export interface SeenStatement {
  text: string;
  tookMs: number;
  /** How long it waited for a connection; 0 within a transaction. */
  waitedMs: number;
  /** False where values may stand in its text: it came without parameters and without a name of ours. */
  isOurs: boolean;
}

/** What the daemon's own connections call themselves; the embedded database trusts them to set nothing in its session. */
export const daemonName = 'ninjad';

const readTimeoutMarginMs = 5_000;

/**
 * A pool of connections to either kind of database. Nothing is connected before the first statement.
 * Lost connections, refused ones and timeouts of the connection reject with `StoreAwayError`; what Postgres says to a
 * statement stays pg's error, for `storeAway` to judge.
 */
export function createPool(target: DatabaseTarget, options: PoolOptions = {}): PooledStore {
  const pool = new pg.Pool({ ...poolConfig(target, options), types });
  const toStoreError: ErrorMapper = (thrown) => {
    if (thrown instanceof StoreAwayError) return thrown;
    const away = judgeStoreError(thrown) === 'lost' ? storeAway(thrown) : undefined;
    if (away === undefined) return thrown;
    options.onLost?.(away);
    return away;
  };
  /** Whoever cannot even connect is away, whatever the reason: a certificate, a password, a role that is gone. */
  const notConnected = (thrown: unknown): unknown => {
    const error = toStoreError(thrown);
    if (error instanceof StoreAwayError) return error;
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
          (thrown: unknown) => reject(notConnected(thrown) as Error),
        )
        .finally(() => waiting.delete(giveUp));
    });
  }

  const watched = watchedBy(options.onStatement);

  async function withClient<T>(work: (client: PoolClient, waitedMs: number) => Promise<T>): Promise<T> {
    const askedAt = performance.now();
    const client = await checkOut();
    const waitedMs = performance.now() - askedAt;
    let broken = false;
    try {
      return await work(client, waitedMs);
    } catch (thrown) {
      const error = toStoreError(thrown);
      broken = error instanceof StoreAwayError;
      throw error;
    } finally {
      client.release(broken);
    }
  }

  return {
    query: (statement) =>
      withClient((client, waitedMs) => watched(statement, waitedMs, () => run(client, statement))),
    transaction: (work) => withClient((client) => runTransaction(client, work, { toStoreError, watched })),
    async end() {
      if (ending) return;
      ending = true;
      for (const giveUp of waiting) giveUp();
      await pool.end();
    },
  };
}

type ErrorMapper = (thrown: unknown) => unknown;
type Watched = <T>(statement: Statement, waitedMs: number, work: () => Promise<T>) => Promise<T>;

function watchedBy(onStatement: PoolOptions['onStatement']): Watched {
  if (onStatement === undefined) return (_, __, work) => work();
  return async ({ name, text, values }, waitedMs, work) => {
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      const tookMs = performance.now() - startedAt;
      onStatement({ text, tookMs, waitedMs, isOurs: name !== undefined || values !== undefined });
    }
  };
}

async function runTransaction<T>(
  client: PoolClient,
  work: (tx: Tx) => Promise<T>,
  { toStoreError, watched }: { toStoreError: ErrorMapper; watched: Watched },
): Promise<T> {
  let open = true;
  const tx: Tx = {
    query: async <Row extends QueryResultRow>(statement: Statement) => {
      if (!open) throw new Error('a statement came after its transaction had ended');
      return watched(statement, 0, () => run<Row>(client, statement)).catch((thrown: unknown) => {
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
    if (!spoilsConnection(thrown)) await client.query('ROLLBACK');
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
  const { max = 8, statementTimeoutMs = 60_000, applicationName = daemonName } = options;
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
      application_name: applicationName,
    };
  }
  return {
    connectionString: target.url,
    max,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    application_name: applicationName,
    keepAlive: true,
    ...(statementTimeoutMs > 0
      ? { statement_timeout: statementTimeoutMs, query_timeout: statementTimeoutMs + readTimeoutMarginMs }
      : {}),
  };
}

/** Every bigint of the schema is an id or a count and stays below 2^53. */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);
