import { DatabaseError } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ActorRefFrom, createActor, fromPromise, setup, waitFor } from 'xstate';
import { createDatabase } from '../../../actors/database/create-database.ts';
import { databaseMachine } from '../../../machines/database/machine.ts';
import { StoreAwayError } from '../../../src/lib/errors.ts';
import { migrate, requireExtensions } from '../../../src/lib/store/migrate.ts';
import { toMigration } from '../../../src/lib/store/migrations.ts';
import { createPool, type PooledStore, type PoolOptions } from '../../../src/lib/store/pool.ts';
import { nativeBinaries, nativePostgres, type NativePostgres } from '../../helpers/native-postgres.ts';

const bin = nativeBinaries();
const pools: PooledStore[] = [];
const actors: { stop: () => void }[] = [];
let server: NativePostgres;

afterEach(async () => {
  for (const actor of actors.splice(0)) actor.stop();
  await Promise.all(pools.splice(0).map((pool) => pool.end()));
});

function connect(options: PoolOptions = {}): PooledStore {
  const pool = createPool({ kind: 'server', url: server.url }, options);
  pools.push(pool);
  return pool;
}

/** The real actors but for the migration, since a Debian server has no pgvector. */
function startMachine(migrateLogic?: ReturnType<typeof fromPromise<unknown>>) {
  const database = createDatabase({ target: { kind: 'server', url: server.url } });
  const facts: string[] = [];
  const logic = databaseMachine.provide({
    actors: { ...database.actors, ...(migrateLogic === undefined ? {} : { migrate: migrateLogic }) },
    actions: { announceReady: () => facts.push('ready'), announceAway: () => facts.push('away') },
  });
  const parent = createActor(
    setup({ actors: { database: logic } }).createMachine({
      invoke: {
        id: 'database',
        src: 'database',
        input: { ...database.input, timings: { backoffMinMs: 50, backoffMaxMs: 200 } },
        onError: { actions: ({ event }) => facts.push(String(event.error)) },
      },
    }),
  );
  parent.start();
  actors.push(parent);
  const actor = parent.getSnapshot().children['database'] as ActorRefFrom<typeof databaseMachine>;
  return { database, actor, facts };
}

// Where no server is installed there is nothing to test against; .ci/run installs one.
describe.skipIf(bin === undefined)('a native PostgreSQL server', () => {
  beforeAll(async () => {
    server = await nativePostgres(bin ?? '');
  });

  afterAll(() => {
    server.remove();
  });

  it('is refused with what to install when it has no pgvector', async () => {
    const { rows } = await connect().query({
      text: `SELECT FROM pg_available_extensions WHERE name = 'vector'`,
    });
    if (rows.length > 0) {
      await expect(requireExtensions(connect())).resolves.toBeUndefined();
      return;
    }
    const { actor, database } = startMachine();
    const { context } = await waitFor(actor, (snapshot) => snapshot.matches('parked'), { timeout: 30_000 });
    expect(context.lastError).toEqual(
      expect.stringMatching(
        /^this PostgreSQL (\d+) server has no pgvector; install it \(.*apt install postgresql-\1-pgvector.*unset DATABASE_URL/,
      ),
    );
    expect(database.input.url).toMatch(/^postgresql:\/\/ninja@127\.0\.0\.1:\d+\/postgres$/);
  });

  it('is migrated once by five migrators at once', async () => {
    const migrations = [
      toMigration(1, 'first', 'CREATE TABLE first (n int); SELECT pg_sleep(0.2);'),
      toMigration(2, 'second', 'CREATE TABLE second (n int); SELECT pg_sleep(0.2);'),
    ];
    const applied = await Promise.all(
      Array.from({ length: 5 }, () => migrate(connect(), migrations, new Date())),
    );
    expect(applied.flat().sort()).toEqual(['000001_first', '000002_second']);
    const { rows } = await connect().query({
      text: 'SELECT version FROM schema_migrations ORDER BY version',
    });
    expect(rows).toEqual([{ version: 1 }, { version: 2 }]);
  });

  it('cancels a statement past its timeout, which is the statement’s error and no outage', async () => {
    const slow = await connect({ statementTimeoutMs: 200 })
      .query({ text: 'SELECT pg_sleep(30)' })
      .catch((thrown: unknown) => thrown);
    expect(slow).toBeInstanceOf(DatabaseError);
    expect(slow).toMatchObject({ code: '57014' });
  });

  it('takes a terminated connection for an outage, and the next statement gets a new one', async () => {
    const [victim, other] = [connect(), connect()];
    const { rows } = await victim.query<{ pid: number }>({ text: 'SELECT pg_backend_pid() AS pid' });
    const sleeping = victim.query({ text: 'SELECT pg_sleep(30)' });
    const failed = expect(sleeping).rejects.toBeInstanceOf(StoreAwayError);
    await other.query({ text: 'SELECT pg_terminate_backend($1)', values: [rows[0]?.pid] });
    await failed;
    expect((await victim.query({ text: 'SELECT 1 AS one' })).rows).toEqual([{ one: 1 }]);
  });

  it('is away while it is down, shown as such, and ready again by itself', async () => {
    const { database, actor, facts } = startMachine(fromPromise<unknown>(() => Promise.resolve()));
    await waitFor(actor, (snapshot) => snapshot.matches('ready'), { timeout: 30_000 });
    await database.store.query({ text: 'SELECT 1' });
    server.stopAtOnce();
    await waitFor(actor, (snapshot) => snapshot.matches('away') && snapshot.context.attempts > 2, {
      timeout: 30_000,
    });
    await expect(database.store.query({ text: 'SELECT 1' })).rejects.toBeInstanceOf(StoreAwayError);
    expect(actor.getSnapshot().context.lastError).toMatch(/ECONNREFUSED/);
    server.start();
    await waitFor(actor, (snapshot) => snapshot.matches('ready'), { timeout: 30_000 });
    expect((await database.store.query({ text: 'SELECT 1 AS one' })).rows).toEqual([{ one: 1 }]);
    expect(facts).toEqual(['ready', 'away', 'ready']);
    actor.send({ type: 'child.stop' });
    await waitFor(actor, (snapshot) => snapshot.matches('stopped'), { timeout: 30_000 });
  });
});
