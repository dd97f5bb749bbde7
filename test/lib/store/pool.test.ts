import { createServer, type AddressInfo } from 'node:net';
import { DatabaseError } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { StoreAwayError } from '../../../src/lib/errors.ts';
import { createPool, type PooledStore } from '../../../src/lib/store/pool.ts';
import { tempDatabase, type TempDatabase } from '../../helpers/temp-database.ts';

let database: TempDatabase;
let store: PooledStore;

beforeAll(async () => {
  database = await tempDatabase();
  store = database.store;
});

afterAll(async () => {
  await database.stop();
});

beforeEach(async () => {
  await store.query({ text: 'DROP TABLE IF EXISTS numbers; CREATE TABLE numbers (n bigint PRIMARY KEY)' });
});

async function numbers(): Promise<unknown[]> {
  const { rows } = await store.query<{ n: unknown }>({ text: 'SELECT n FROM numbers ORDER BY n' });
  return rows.map(({ n }) => n);
}

describe('pool', () => {
  it('gives bigint columns as numbers, up to the largest event id', async () => {
    const largest = 8190 * 2 ** 40 + (2 ** 40 - 1);
    await store.query({ text: 'INSERT INTO numbers VALUES ($1)', values: [largest] });
    expect(await numbers()).toEqual([largest]);
    expect(Number.isSafeInteger(largest)).toBe(true);
  });

  it('commits a transaction, and rolls it back when the work throws', async () => {
    await store.transaction(async (tx) => {
      await tx.query({ text: 'INSERT INTO numbers VALUES (1)' });
      await tx.query({ text: 'INSERT INTO numbers VALUES (2)' });
    });
    const failed = store.transaction(async (tx) => {
      await tx.query({ text: 'INSERT INTO numbers VALUES (3)' });
      throw new Error('changed my mind');
    });
    await expect(failed).rejects.toThrow('changed my mind');
    expect(await numbers()).toEqual([1, 2]);
  });

  it('does not report a transaction as committed when a swallowed error has rolled it back', async () => {
    const committed = store.transaction(async (tx) => {
      await tx.query({ text: 'INSERT INTO numbers VALUES (1)' });
      await tx.query({ text: 'SELECT nonsense' }).catch(() => undefined);
    });
    await expect(committed).rejects.toThrow(/was rolled back/);
    expect(await numbers()).toEqual([]);
  });

  it('refuses a statement that comes after its transaction', async () => {
    const leaked = await store.transaction((tx) => Promise.resolve(tx));
    await expect(leaked.query({ text: 'SELECT 1' })).rejects.toThrow(/after its transaction had ended/);
  });

  it('leaves what Postgres refuses as it is, and keeps its connection', async () => {
    const before = await store.query({ text: 'SELECT pg_backend_pid() AS pid' });
    await store.query({ text: 'INSERT INTO numbers VALUES (1)' });
    const refused = await store
      .query({ text: 'INSERT INTO numbers VALUES (1)' })
      .catch((thrown: unknown) => thrown);
    expect(refused).toBeInstanceOf(DatabaseError);
    expect(refused).toMatchObject({ code: '23505', constraint: 'numbers_pkey' });
    expect((await store.query({ text: 'SELECT pg_backend_pid() AS pid' })).rows).toEqual(before.rows);
  });

  it('says that the store is away when nobody listens, on a socket and on a port', async () => {
    const embedded = createPool({ kind: 'embedded', socketDir: `${database.socketDir}/nowhere` });
    await expect(embedded.query({ text: 'SELECT 1' })).rejects.toBeInstanceOf(StoreAwayError);
    const port = await unusedPort();
    const server = createPool({ kind: 'server', url: `postgresql://u:p@127.0.0.1:${port}/d` });
    await expect(server.transaction(() => Promise.resolve())).rejects.toBeInstanceOf(StoreAwayError);
    await embedded.end();
    await server.end();
  });

  it('says that the store is away when a server accepts and never answers', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const pool = createPool(
      { kind: 'server', url: `postgresql://u@127.0.0.1:${port}/d` },
      { connectTimeoutMs: 200 },
    );
    await expect(pool.query({ text: 'SELECT 1' })).rejects.toBeInstanceOf(StoreAwayError);
    await pool.end();
    silent.close();
  });

  it('says that the store is away after its end', async () => {
    const pool = createPool({ kind: 'embedded', socketDir: database.socketDir });
    await pool.query({ text: 'SELECT 1' });
    await pool.end();
    await expect(pool.query({ text: 'SELECT 1' })).rejects.toBeInstanceOf(StoreAwayError);
  });
});

describe('pool, at its end', () => {
  it('lets the running statement end and tells those who wait for a connection at once', async () => {
    const pool = createPool({ kind: 'embedded', socketDir: database.socketDir });
    let reportStart: () => void = () => undefined;
    const started = new Promise<void>((resolve) => (reportStart = resolve));
    const running = pool.transaction(async (tx) => {
      reportStart();
      await tx.query({ text: 'SELECT pg_sleep(0.5)' });
      return 'committed';
    });
    await started;
    const waiting = pool.query({ text: 'SELECT 1' });
    const ended = pool.end();
    await expect(waiting).rejects.toBeInstanceOf(StoreAwayError);
    expect(await running).toBe('committed');
    await ended;
  });
});

describe('pool, when the database is killed', () => {
  it('fails what runs inside a transaction, tells that the connection is lost, and stays away', async () => {
    const doomed = await tempDatabase();
    const lost = vi.fn();
    const pool = createPool({ kind: 'embedded', socketDir: doomed.socketDir }, { onLost: lost });
    const during = pool.transaction(async (tx) => {
      await tx.query({ text: 'SELECT 1' });
      doomed.server.kill();
      return tx.query({ text: 'SELECT pg_sleep(60)' });
    });
    await expect(during).rejects.toBeInstanceOf(StoreAwayError);
    expect(lost).toHaveBeenCalled();
    await doomed.server.exited;
    await expect(pool.query({ text: 'SELECT 1' })).rejects.toBeInstanceOf(StoreAwayError);
    await pool.end();
    await doomed.stop();
  });

  it('survives the death of the database while its connection is idle', async () => {
    const doomed = await tempDatabase();
    const lost = vi.fn();
    const pool = createPool({ kind: 'embedded', socketDir: doomed.socketDir }, { onLost: lost });
    await pool.query({ text: 'SELECT 1' });
    doomed.server.kill();
    await vi.waitFor(() => expect(lost).toHaveBeenCalled(), { timeout: 10_000 });
    expect(lost.mock.calls[0]?.[0]).toBeInstanceOf(StoreAwayError);
    await pool.end();
    await doomed.stop();
  });
});

async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
