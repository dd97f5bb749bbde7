import {
  type CallbackActorLogic,
  type EventObject,
  fromCallback,
  fromPromise,
  type PromiseActorLogic,
} from 'xstate';
import type { DatabaseEvent, DatabaseServerCommand } from '../../machines/database-context.ts';
import { messageOf, StoreAwayError } from '../../src/lib/errors.ts';
import { type DatabaseTarget, publicUrl } from '../../src/lib/store/database-target.ts';
import { maintain } from '../../src/lib/store/maintain.ts';
import { migrate, requireExtensions } from '../../src/lib/store/migrate.ts';
import { loadMigrations, type Migration } from '../../src/lib/store/migrations.ts';
import { createPool, type PooledStore } from '../../src/lib/store/pool.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { embeddedServerLogic, remoteServerLogic } from './server-logic.ts';

export interface DatabaseDeps {
  /** The embedded database in `dataDir`, behind a socket in `socketDir`, or a server by its URL. */
  target: { kind: 'embedded'; dataDir: string; socketDir: string } | { kind: 'server'; url: string };
  /** Default: those that ship with the package. */
  migrations?: readonly Migration[];
}

/** Everything about one database: the logics for the machine and the handle for everybody else. */
export interface Database {
  /** `kind` and `url` (without the password): the machine's input. */
  readonly input: { kind: 'embedded' | 'server'; url: string };
  /** The store that everybody shares: `StoreAwayError` unless the machine is in `ready`. */
  readonly store: Store;
  /**
   * Resolves when all that the store has acknowledged is on disk; `StoreAwayError` unless it is ready.
   * Both kinds sync each commit before they acknowledge it, so there is nothing left to wait for.
   */
  checkpoint(): Promise<void>;
  /** For `databaseMachine.provide({ actors })`. */
  readonly actors: {
    runServer: CallbackActorLogic<DatabaseServerCommand>;
    connect: PromiseActorLogic<{ serverVersion: string }>;
    migrate: PromiseActorLogic<unknown>;
    openStore: CallbackActorLogic<EventObject>;
    probe: PromiseActorLogic<unknown>;
    maintain: PromiseActorLogic<unknown>;
    closeConnections: PromiseActorLogic<unknown>;
  };
}

/** Binds the database machine's actors to one database and to the one `Store` that outlives all its outages. */
export function createDatabase({ target, migrations }: DatabaseDeps): Database {
  const address: DatabaseTarget = target;
  let pool: PooledStore | undefined;
  let opened: PooledStore | undefined;
  let onLost: (error: StoreAwayError) => void = () => undefined;

  function connected(): PooledStore {
    if (pool === undefined) throw new StoreAwayError('the database is not connected');
    return pool;
  }

  function ready(): PooledStore {
    if (opened === undefined) throw new StoreAwayError('the database is not ready');
    return opened;
  }

  return {
    input: { kind: target.kind, url: publicUrl(address) },
    store: {
      query: async (statement) => ready().query(statement),
      transaction: async (work) => ready().transaction(work),
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- a promise, so that being away is a rejection
    checkpoint: async () => void ready(),
    actors: {
      runServer: target.kind === 'embedded' ? embeddedServerLogic(target) : remoteServerLogic(),
      connect: fromPromise(async () => {
        // The old connections are dead or dying; whoever waits on them is told by themselves.
        pool?.end().catch(() => undefined);
        pool = createPool(address, { onLost: (error) => onLost(error) });
        return readVersion(pool);
      }),
      migrate: fromPromise<unknown>(() => migrateApart(address, migrations ?? loadMigrations())),
      openStore: fromCallback(({ sendBack }) => {
        const tell = (event: DatabaseEvent): void => sendBack(event);
        onLost = (error) => tell({ type: 'connection.lost', reason: messageOf(error) });
        opened = pool;
        tell({ type: 'store.opened' });
        return () => {
          onLost = () => undefined;
          opened = undefined;
        };
      }),
      probe: fromPromise<unknown>(() => connected().query({ text: 'SELECT 1' })),
      maintain: fromPromise<unknown>(async () => {
        if (target.kind === 'embedded') await maintain(connected());
      }),
      closeConnections: fromPromise<unknown>(async () => pool?.end()),
    },
  };
}

async function readVersion(pool: PooledStore): Promise<{ serverVersion: string }> {
  const { rows } = await pool.query<{ version: string }>({
    text: `SELECT current_setting('server_version') AS version`,
  });
  return { serverVersion: rows[0]?.version ?? 'unknown' };
}

/** On a connection of its own without a statement timeout, since building an index takes as long as it takes. */
async function migrateApart(address: DatabaseTarget, migrations: readonly Migration[]): Promise<string[]> {
  const store = createPool(address, { max: 1, statementTimeoutMs: 0 });
  try {
    await requireExtensions(store);
    return await migrate(store, migrations, new Date());
  } finally {
    await store.end();
  }
}
