import {
  type CallbackActorLogic,
  type EventObject,
  fromCallback,
  fromPromise,
  type PromiseActorLogic,
} from 'xstate';
import type {
  DatabaseConnection,
  DatabaseInput,
  DatabaseServerCommand,
  StoreFact,
} from '../../machines/database/protocol.ts';
import { messageOf, StoreAwayError } from '../../src/lib/errors.ts';
import { type DatabaseTarget, publicUrl } from '../../src/lib/store/database-target.ts';
import { migrate, requireExtensions } from '../../src/lib/store/migrate.ts';
import { loadMigrations, type Migration } from '../../src/lib/store/migrations.ts';
import { createPool, type PooledStore, type PoolOptions } from '../../src/lib/store/pool.ts';
import { noteSchema } from '../../src/lib/store/schema-note.ts';
import { isCollision, storeAway } from '../../src/lib/store/outage.ts';
import type { Store, Tx } from '../../src/lib/store/store.ts';
import { embeddedServer, remoteServer } from './server-logic.ts';
import { createUpkeep } from './upkeep.ts';

export interface DatabaseDeps {
  /** The embedded database in `dataDir`, behind a socket in `socketDir`, or a server by its URL. */
  target: { kind: 'embedded'; dataDir: string; socketDir: string } | { kind: 'server'; url: string };
  /** Default: those that ship with the package. */
  migrations?: readonly Migration[];
  /**
   * Proves that what the daemon writes can be written, and leaves nothing behind; asked at each start and after each outage,
   * before the database counts as ready. Default: only a read-only server is refused.
   */
  prove?: (store: Store) => Promise<void>;
  /** Told of each statement of the shared store; see `PoolOptions`. */
  onStatement?: PoolOptions['onStatement'];
  /** False while a backup reads the log that a checkpoint would take away. Default: always true. */
  mayMaintain?: () => boolean;
  /** The store for upkeep, which lets others go first. Default: it waits for nobody. */
  behind?: (store: Store) => Store;
  /** Called before a database that has a schema gets another one; a rejection leaves it as it was. */
  beforeMigrating?: ((store: Store, pending: readonly Migration[]) => Promise<void>) | undefined;
}

/** Everything about one database: the logics for the machine and the handle for everybody else. */
export interface Database {
  /** `kind` and `url` (without the password): the machine's input. */
  readonly input: Pick<DatabaseInput, 'kind' | 'url'>;
  /**
   * The store that everybody shares: `StoreAwayError` unless the machine is in `ready`, and where Postgres takes nothing now,
   * whatever the statement is (see `judgeStoreError`). Other refusals stay pg's own.
   */
  readonly store: Store;
  /**
   * The same for statements of the owner and their pages: all that Postgres says of a statement stays its own word, and while
   * it only refuses to write it can still be asked, and mended.
   */
  readonly asked: Store;
  /**
   * Runs the owner's own SQL on a connection of its own, which ends with it: what it sets, locks or leaves open is gone then and
   * meets nobody else.
   */
  readonly console: Tx;
  /**
   * Resolves when all that the store has acknowledged is on disk; `StoreAwayError` unless it is ready.
   * Both kinds sync each commit before they acknowledge it, so there is nothing left to wait for.
   */
  checkpoint(): Promise<void>;
  /** Has what was written into the files of the embedded database put on the disk, while statements go on. A server does it itself. */
  flush(): Promise<void>;
  /** For `databaseMachine.provide({ actors })`. */
  readonly actors: {
    runServer: CallbackActorLogic<DatabaseServerCommand>;
    connect: PromiseActorLogic<DatabaseConnection>;
    migrate: PromiseActorLogic<unknown>;
    openStore: CallbackActorLogic<EventObject>;
    probe: PromiseActorLogic<unknown>;
    maintain: PromiseActorLogic<unknown>;
    closeConnections: PromiseActorLogic<unknown>;
  };
}

/** Binds the database machine's actors to one database and to the one `Store` that outlives all its outages. */
export function createDatabase({
  target,
  migrations,
  prove = proveWritable,
  onStatement,
  mayMaintain = () => true,
  behind = (store) => store,
  beforeMigrating,
}: DatabaseDeps): Database {
  const address: DatabaseTarget = target;
  const server = target.kind === 'embedded' ? embeddedServer(target) : remoteServer();
  let pool: PooledStore | undefined;
  let opened: PooledStore | undefined;
  let hadSchema = false;
  let refuses = false;
  let onLost: (error: StoreAwayError) => void = () => undefined;

  function connected(): PooledStore {
    if (pool === undefined) throw new StoreAwayError('the database is not connected');
    return pool;
  }

  function ready(): PooledStore {
    if (opened === undefined) throw new StoreAwayError('the database is not ready');
    return opened;
  }

  const gated = (through: () => PooledStore): Store => ({
    query: async (statement) => through().query(statement),
    transaction: async (work) => through().transaction(work),
  });
  const upkeep = createUpkeep({ store: gated(connected), mayMaintain, behind });
  const noteRefusal = (): void => {
    refuses = true;
  };
  return {
    input: { kind: target.kind, url: publicUrl(address) },
    store: judged(gated(ready), noteRefusal),
    console: {
      async query(statement) {
        if (opened === undefined && !refuses) throw new StoreAwayError('the database is not ready');
        const own = createPool(address, { max: 1, applicationName: consoleName });
        try {
          return await own.query(statement);
        } finally {
          await own.end();
        }
      },
    },
    asked: gated(() => (refuses && pool !== undefined ? pool : ready())),
    // eslint-disable-next-line @typescript-eslint/require-await -- a promise, so that being away is a rejection
    checkpoint: async () => void ready(),
    flush: () => server.flush(),
    actors: {
      runServer: server.logic,
      connect: fromPromise(async () => {
        // The old connections are dead or dying; they tell all who wait on them.
        pool?.end().catch(() => undefined);
        pool = createPool(address, {
          ...(onStatement !== undefined && { onStatement }),
          onLost: (error) => {
            refuses = false;
            onLost(error);
          },
        });
        return readVersion(pool);
      }),
      migrate: fromPromise<unknown>(async () => {
        const known = migrations ?? loadMigrations();
        const work = { migrations: known, hadSchema, prove, store: nameOf(target), before: beforeMigrating };
        try {
          const applied = await migrateApart(address, work);
          hadSchema = true;
          if (target.kind === 'embedded') noteSchema(target.dataDir, known);
          return applied;
        } catch (thrown) {
          if (thrown instanceof StoreAwayError) refuses = thrown.refused && hadSchema;
          throw thrown;
        }
      }),
      openStore: fromCallback(({ sendBack }) => {
        const tell = (fact: StoreFact): void => sendBack(fact);
        onLost = (error) => tell({ type: 'connection.lost', reason: messageOf(error) });
        opened = pool;
        refuses = false;
        tell({ type: 'store.opened' });
        return () => {
          onLost = () => undefined;
          opened = undefined;
        };
      }),
      probe: fromPromise<unknown>(async () => {
        await connected().query({ text: 'SELECT 1' });
        // Not waited for: it may wait long for its turn, and says nothing about whether the database answers.
        if (target.kind === 'embedded') void upkeep.analyze();
      }),
      maintain: fromPromise<unknown>(async () => {
        if (target.kind === 'embedded') await upkeep.maintain();
      }),
      closeConnections: fromPromise<unknown>(async () => pool?.end()),
    },
  };
}

async function readVersion(pool: PooledStore): Promise<DatabaseConnection> {
  const { rows } = await pool.query<{ version: string }>({
    text: `SELECT current_setting('server_version') AS version`,
  });
  return { serverVersion: rows[0]?.version ?? 'unknown' };
}

interface MigrationWork {
  migrations: readonly Migration[];
  /** The schema was there before in this life, so that it is not made anew where somebody has taken it away. */
  hadSchema: boolean;
  prove: (store: Store) => Promise<void>;
  /** The store as people know it. */
  store: string;
  before: DatabaseDeps['beforeMigrating'];
}

function nameOf(target: DatabaseDeps['target']): string {
  return target.kind === 'embedded'
    ? `the embedded database in ${target.dataDir}`
    : `the database ${publicUrl(target)}`;
}

/** On a connection of its own without a statement timeout, since building an index takes as long as it takes. */
async function migrateApart(address: DatabaseTarget, work: MigrationWork): Promise<string[]> {
  const pool = createPool(address, { max: 1, statementTimeoutMs: 0 });
  try {
    if (work.hadSchema) await requireLedger(judged(pool));
    if (work.migrations.some(({ sql }) => sql.includes('CREATE EXTENSION')))
      await requireExtensions(judged(pool));
    // Of the statements of a migration it judges itself: a right that it lacks is its own fault.
    const { store, before } = work;
    const applied = await migrate(pool, work.migrations, new Date(), {
      store,
      ...(before !== undefined && { before: (pending) => before(judged(pool), pending) }),
    });
    await proveInTime(address, work.prove);
    return applied;
  } finally {
    await pool.end();
  }
}

/** On a connection with the usual timeout: a table that somebody has locked must not hold up the start for ever. */
async function proveInTime(address: DatabaseTarget, prove: MigrationWork['prove']): Promise<void> {
  const pool = createPool(address, { max: 1, statementTimeoutMs: proofTimeoutMs });
  try {
    await prove(judged(pool));
  } finally {
    await pool.end();
  }
}

/** Whoever restores a backup takes the schema away first; what is made anew meanwhile would be in the way. */
async function requireLedger(store: Store): Promise<void> {
  const { rows } = await store.query<{ ledger: string | null }>({
    text: `SELECT to_regclass('schema_migrations') AS ledger`,
  });
  if (rows[0]?.ledger != null) return;
  throw new StoreAwayError(
    'the tables of ninjad are gone: restore them, or start ninjad again to have them made anew',
    { refused: true },
  );
}

async function proveWritable(store: Store): Promise<void> {
  const { rows } = await store.query<{ readOnly: string }>({
    text: `SELECT current_setting('transaction_read_only') AS "readOnly"`,
  });
  if (rows[0]?.readOnly === 'on') throw new StoreAwayError('the server is read-only', { refused: true });
}

/** The store with every outage told as one. A statement that collided with others is sent a second time at once. */
function judged(store: Store, noteRefusal: () => void = () => undefined): Store {
  const orAway = (thrown: unknown): never => {
    const away = storeAway(thrown);
    if (away?.refused === true) noteRefusal();
    throw away ?? thrown;
  };
  return {
    query: (statement) =>
      store
        .query(statement)
        .catch((thrown: unknown) => {
          if (!isCollision(thrown)) throw thrown;
          return store.query(statement);
        })
        .catch(orAway) as never,
    transaction: (work) =>
      store
        .transaction((tx) => work({ query: (statement) => tx.query(statement).catch(orAway) as never }))
        .catch(orAway),
  };
}

const consoleName = 'ninjad console';
const proofTimeoutMs = 10_000;
