import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../../src/lib/package-root.ts';
import { programLabel } from '../../../src/lib/version.ts';
import { migrate, MigrationError, pendingMigrations } from '../../../src/lib/store/migrate.ts';
import { loadMigrations, type Migration, toMigration } from '../../../src/lib/store/migrations.ts';
import { createPool } from '../../../src/lib/store/pool.ts';
import { tempEmptyDatabase, type TempDatabase } from '../../helpers/temp-database.ts';

const now = new Date('2026-01-01T00:00:00Z');
const first = toMigration(1, 'first', 'CREATE TABLE one (n int); INSERT INTO one VALUES (1);');
const second = toMigration(2, 'second', 'CREATE TABLE two (n int);');

let database: TempDatabase;

beforeAll(async () => {
  database = await tempEmptyDatabase();
});

afterAll(async () => {
  await database.stop();
});

async function emptyStore() {
  const { store } = database;
  await store.query({ text: 'DROP SCHEMA public CASCADE; CREATE SCHEMA public' });
  return store;
}

describe('migrate', () => {
  it('makes every table of the contract', async () => {
    const store = await emptyStore();
    await migrate(store, loadMigrations(), now);
    const { rows } = await store.query<{ name: string }>({
      text: `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
    });
    expect(rows.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'activity_log',
        'config',
        'conversations',
        'entities',
        'entity_relations',
        'events',
        'fleet_reports',
        'goals',
        'machines',
        'memory_embeddings',
        'optimization_findings',
        'schema_migrations',
        'tasks',
        'wishlist',
      ]),
    );
  });

  it('names every constraint of the package’s migrations by hand', async () => {
    const store = await emptyStore();
    await migrate(store, loadMigrations(), now);
    const { rows } = await store.query<{ name: string }>({
      text: `SELECT conname AS name FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype = 'c' AND conname ~ '_check[0-9]*$'`,
    });
    expect(rows).toEqual([]);
  });

  it('applies what is missing in order, writes it into the ledger, and has nothing to do the second time', async () => {
    const store = await emptyStore();
    expect(await migrate(store, [first], now)).toEqual(['000001_first']);
    expect(await migrate(store, [first, second], now)).toEqual(['000002_second']);
    expect(await migrate(store, [first, second], now)).toEqual([]);
    const { rows } = await store.query({
      text: 'SELECT version, name, applied_at FROM schema_migrations ORDER BY 1',
    });
    expect(rows).toEqual([
      { version: 1, name: 'first', applied_at: now },
      { version: 2, name: 'second', applied_at: now },
    ]);
  });

  it('does no harm when two daemons migrate at once', async () => {
    const store = await emptyStore();
    const other = createPool({ kind: 'embedded', socketDir: database.socketDir });
    const migrations = loadMigrations();
    const applied = await Promise.all([migrate(store, migrations, now), migrate(other, migrations, now)]);
    await other.end();
    expect(applied.flat().sort()).toEqual(
      migrations.map(({ version, name }) => `${String(version).padStart(6, '0')}_${name}`),
    );
  });

  it('leaves nothing behind of a migration that fails, and says which and why', async () => {
    const store = await emptyStore();
    const bad = toMigration(2, 'bad', 'CREATE TABLE half (n int); SELECT nonsense;');
    const failure = await migrate(store, [first, bad], now).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(MigrationError);
    expect(failure).toMatchObject({
      code: 'MIGRATION_FAILED',
      message: 'migration 000002_bad failed: column "nonsense" does not exist',
    });
    const { rows } = await store.query({
      text: `SELECT to_regclass('half') AS half, (SELECT count(*) FROM schema_migrations) AS applied`,
    });
    expect(rows).toEqual([{ half: null, applied: 1 }]);
    expect(await migrate(store, [first, second], now)).toEqual(['000002_second']);
  });

  it('refuses a migration that was edited after it landed, but not one with other line ends', async () => {
    const store = await emptyStore();
    await migrate(store, [first], now);
    await expect(
      migrate(store, [toMigration(1, 'first', 'CREATE TABLE other (n int)')], now),
    ).rejects.toMatchObject({
      code: 'MIGRATION_CHANGED',
      message: expect.stringMatching(/000001_first differs/) as string,
    });
    const twoLines = toMigration(2, 'lines', 'SELECT 1;\nSELECT 2;\n');
    await migrate(store, [first, twoLines], now);
    expect(await migrate(store, [first, toMigration(2, 'lines', 'SELECT 1;\r\nSELECT 2;\r\n')], now)).toEqual(
      [],
    );
  });

  it('refuses a database that is newer than the code, and says what, by whom, and what to do', async () => {
    const store = await emptyStore();
    await migrate(store, [first, second], now);
    const error = await migrate(store, [first], now, { store: 'the database of Ada' }).catch(
      (thrown: unknown) => thrown as MigrationError,
    );
    expect(error).toMatchObject({ code: 'DATABASE_NEWER', isPermanent: true });
    const root = packagePath('.');
    expect((error as Error).message).toBe(
      `the database of Ada has the schema 000002_second, written by ${programLabel()}, and this is ${programLabel()}, which knows up to 000001_first: ` +
        'run that one instead, or install it here (npm install --global ninjad@latest), or restore a backup of before the upgrade',
    );
    expect((error as Error).message).toContain(root);
    expect(await store.query({ text: 'SELECT count(*) AS count FROM schema_migrations' })).toMatchObject({
      rows: [{ count: 2 }],
    });
  });

  it('reads a ledger without writers, which an older program made', async () => {
    const store = await emptyStore();
    await migrate(store, [first, second], now);
    await store.query({ text: 'ALTER TABLE schema_migrations DROP COLUMN written_by' });
    await expect(migrate(store, [first], now)).rejects.toThrow(
      /the database has the schema 000002_second, and this is/,
    );
    const third = toMigration(3, 'third', 'SELECT 1');
    expect(await migrate(store, [first, second, third], now)).toEqual(['000003_third']);
  });

  it('has something done before it changes a schema, once, and changes nothing where that fails', async () => {
    const store = await emptyStore();
    const asked: string[][] = [];
    const before = (pending: readonly Migration[]) => {
      asked.push(pending.map(({ name }) => name));
      return Promise.resolve();
    };
    await migrate(store, [first], now, { before });
    expect(asked).toEqual([]);
    const refused = migrate(store, [first, second], now, {
      before: () => Promise.reject(new Error('no room')),
    });
    await expect(refused).rejects.toThrow('no room');
    expect((await pendingMigrations(store, [first, second])).map(({ name }) => name)).toEqual(['second']);
    await migrate(store, [first, second], now, { before });
    await migrate(store, [first, second], now, { before });
    expect(asked).toEqual([['second']]);
  });

  it('refuses a migration that was added behind the newest one applied', async () => {
    const store = await emptyStore();
    await migrate(store, [second], now);
    await expect(migrate(store, [first, second], now)).rejects.toMatchObject({
      code: 'MIGRATION_OUT_OF_ORDER',
    });
  });
});
