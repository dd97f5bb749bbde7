import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { homePaths, type HomePaths } from '../../src/lib/config/paths.ts';
import { countRows } from '../../src/lib/store/count-rows.ts';
import { migrate } from '../../src/lib/store/migrate.ts';
import { createPool, type PooledStore } from '../../src/lib/store/pool.ts';
import { endOfArchive } from '../../src/lib/tar/header.ts';
import { openArchive, writeArchive } from '../../src/upkeep/backup/archive.ts';
import { restingHome } from '../../src/upkeep/backup/cold-source.ts';
import { type Created, createBackup } from '../../src/upkeep/backup/create.ts';
import { drill, type DrillOptions } from '../../src/upkeep/backup/drill.ts';
import { packOne, packText, type Packing } from '../../src/upkeep/backup/pack.ts';
import { extract } from '../../src/upkeep/backup/extract.ts';
import { type RestoreOptions, restoreBackup } from '../../src/upkeep/backup/restore.ts';
import { verifyArchive } from '../../src/upkeep/backup/verify.ts';
import { serverSource } from '../../src/upkeep/server/server-source.ts';
import { migrationsWithoutVectors } from '../helpers/without-vectors.ts';
import { nativeBinaries, nativePostgres, type NativePostgres } from '../helpers/native-postgres.ts';

/* A real server, one backup that is made while others write, and all that can be done with it. */
const bin = nativeBinaries();
const migrations = migrationsWithoutVectors();
const schema = migrations.at(-1)?.version ?? 0;
const now = () => new Date();
const openDatabase = () => Promise.reject(new Error('there is no embedded database in this'));
let server: NativePostgres;
let store: PooledStore;
let root: string;
let paths: HomePaths;
let made: Created;
/** Wishes that were recorded before the backup began and after it ended. */
let recorded: { before: number; after: number };

const remember = (n: number) =>
  store.query({
    text: `INSERT INTO memory_embeddings (kind, content, source, trust, created_at, last_seen_at)
             VALUES ('note', $1, 'cli', 'owner', now(), now())`,
    values: [`memory ${n}\n\\.\nof "two" lines`],
  });

const count = async (): Promise<number> =>
  (await store.query<{ n: number }>({ text: 'SELECT count(*) AS n FROM memory_embeddings' })).rows[0]?.n ?? 0;

function urlOf(database: string): string {
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  return url.href;
}

/** A database that nobody has used. */
async function freshDatabase(name: string): Promise<string> {
  await store.query({ text: `CREATE DATABASE ${name}` });
  return urlOf(name);
}

async function inDatabase<T>(url: string, work: (store: PooledStore) => Promise<T>): Promise<T> {
  const pool = createPool({ kind: 'server', url }, { max: 1 });
  return work(pool).finally(() => pool.end());
}

const restoreOptions = (more: Pick<RestoreOptions, 'into'> & Partial<RestoreOptions>): RestoreOptions => ({
  archive: made.path,
  openDatabase,
  migrations,
  keptDays: 90,
  now,
  ...more,
});

// Where no server is installed there is nothing to test against; .ci/run installs one.
describe.skipIf(bin === undefined)('a home whose database is on a server', () => {
  beforeAll(async () => {
    server = await nativePostgres(bin ?? '');
    store = createPool({ kind: 'server', url: server.url }, { max: 4 });
    await migrate(store, migrations, now());
    root = mkdtempSync(join(tmpdir(), 'njd-server-'));
    paths = homePaths(join(root, 'home'));
    mkdirSync(paths.home);
    mkdirSync(join(paths.home, 'journal'));
    writeFileSync(paths.configFile, JSON.stringify({ 'database.url': server.url, 'log.level': 'debug' }));
    await store.query({
      text: `INSERT INTO embedding_models (name, dimensions, created_at) VALUES ('m', 3, now());
             CREATE TABLE memory_vectors_1 PARTITION OF memory_vectors FOR VALUES IN (1);`,
    });
    for (let n = 0; n < 50; n += 1) await remember(n);
    await store.query({
      text: `INSERT INTO memory_vectors (memory_id, model_id, embedding) SELECT id, 1, '{1,2,3}' FROM memory_embeddings;
             INSERT INTO discord_cards (kind, subject_id, channel_id, nonce, version, created_at) VALUES ('wish', 1, '1', 'n', 'v', now());`,
    });
    const writing = new AbortController();
    const writer = (async () => {
      for (let n = 50; !writing.signal.aborted; n += 1) await remember(n);
    })();
    const before = await count();
    const folder = join(root, 'archives');
    mkdirSync(folder);
    made = await createBackup({
      paths,
      source: serverSource(
        restingHome(paths, () => Promise.resolve({})),
        { url: server.url, to: join(folder, 'dump') },
      ),
      to: join(folder, 'one.tar'),
      withSecrets: false,
      isSecret: (key) => key === 'database.url',
      openDatabase,
      now,
    });
    recorded = { before, after: await count() };
    writing.abort();
    await writer;
  }, 180_000);

  afterAll(async () => {
    await store.end();
    server.remove();
    rmSync(root, { recursive: true, force: true });
  });

  let left: string[] = [];
  afterEach(async () => {
    for (const name of left) await store.query({ text: `DROP DATABASE IF EXISTS ${name} WITH (FORCE)` });
    left = [];
  });

  it('is dumped as it was at one instant while others write, and nothing else is left', () => {
    const { database, counts, files } = made.manifest;
    expect(database).toMatchObject({
      kind: 'server',
      schema,
      server: expect.stringMatching(/^\d+\./) as string,
    });
    expect(files.map(({ path }) => path)).toEqual(['database.dump', 'config.json']);
    expect(recorded.after).toBeGreaterThan(recorded.before);
    expect(counts['memory_embeddings']).toBeGreaterThanOrEqual(recorded.before);
    expect(counts['memory_embeddings']).toBeLessThan(recorded.after);
    expect(counts['memory_vectors']).toBe(50);
    expect(readdirSync(join(root, 'archives')).sort()).toEqual(['one.tar', 'one.tar.verified']);
  });

  it('is verified with the rows of each table, and each table that has others is found', async () => {
    const options = { openDatabase, schema, now };
    expect(await verifyArchive(made.path, options)).toMatchObject({ outcome: 'well', counted: true });
    const { manifest, payload } = await openArchive(made.path);
    const spoilt = join(root, 'spoilt.tar');
    const other = Object.fromEntries(Object.entries(manifest.counts).map(([name, rows]) => [name, rows + 1]));
    await recounted(spoilt, { ...manifest, counts: { ...other, gone: 1 } });
    const { outcome, faults } = await verifyArchive(spoilt, options);
    expect(outcome).toBe('damaged');
    expect(faults.map(({ kind, path }) => [kind, path])).toEqual(
      [...Object.keys(other), 'gone']
        .sort()
        .map((name) => [name === 'gone' ? 'missing' : 'damaged', `table ${name}`]),
    );

    /** The same content under another manifest. */
    async function recounted(path: string, other: typeof manifest): Promise<void> {
      const folder = join(root, 'content');
      mkdirSync(folder);
      await extract({ payload, manifest }, { into: { folder, takes: () => true } });
      const packing: Packing = { files: [], leftOut: [], unread: [], breathe: () => Promise.resolve() };
      const draft = await writeArchive(
        path,
        'gzip',
        (async function* () {
          yield* packText(packing, 'config.json', readFileSync(join(folder, 'config.json'), 'utf8'));
          yield* packOne(packing, folder, 'database.dump');
          yield endOfArchive;
        })(),
      );
      await draft.finish({
        ...other,
        files: packing.files,
        payload: { bytes: draft.payload.bytes, sha256: draft.sha256 },
      });
    }
  });

  it('is restored into a fresh database, whole and settled', async () => {
    left = ['restored'];
    const url = await freshDatabase('restored');
    const into = join(root, 'restored');
    const restored = await restoreBackup(restoreOptions({ into, databaseUrl: url, notesDatabase: true }));
    expect(restored).toMatchObject({ generation: 2, kept: null, settled: { expired: 1 } });
    expect(restored.counts).toEqual(made.manifest.counts);
    expect(readdirSync(into).sort()).toEqual(['config.json', 'generation.json', 'journal']);
    expect(JSON.parse(readFileSync(join(into, 'config.json'), 'utf8'))).toEqual({
      'log.level': 'debug',
      'database.url': url,
    });
    const rows = await inDatabase(url, countRows);
    expect(rows).toMatchObject({
      memory_embeddings: made.manifest.counts['memory_embeddings'],
      memory_vectors: 50,
    });
    await inDatabase(url, async (fresh) => {
      const { rows: memories } = await fresh.query<{ content: string }>({
        text: 'SELECT content FROM memory_embeddings ORDER BY id LIMIT 1',
      });
      expect(memories[0]?.content).toBe('memory 0\n\\.\nof "two" lines');
    });
  });

  it('is not restored into a database that has something, nor without one', async () => {
    const into = join(root, 'refused');
    await expect(restoreBackup(restoreOptions({ into, databaseUrl: server.url }))).rejects.toThrow(
      /is not empty \(it has public\.\w+\): a backup goes into a fresh database only/,
    );
    await expect(restoreBackup(restoreOptions({ into }))).rejects.toThrow(/name it with --database/);
    expect(readdirSync(root)).not.toContain('refused');
  });

  it('leaves the fresh database empty where its dump is damaged', async () => {
    left = ['halfway'];
    const url = await freshDatabase('halfway');
    const bytes = readFileSync(made.path);
    const bad = join(root, 'bad.tar');
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0xff;
    writeFileSync(bad, bytes);
    await expect(
      restoreBackup(restoreOptions({ archive: bad, into: join(root, 'halfway'), databaseUrl: url })),
    ).rejects.toMatchObject({ kind: 'damaged' });
    expect(await inDatabase(url, countRows)).toEqual({});
  });

  it('is drilled in a database of its own, which is dropped', async () => {
    let seen = '';
    const startDaemon: DrillOptions['startDaemon'] = (home, url = '') => {
      seen = url;
      cpSync(join(home, 'config.json'), join(root, 'drilled.json'));
      const pool = createPool({ kind: 'server', url }, { max: 1 });
      return Promise.resolve({
        rows: async (text) => (await pool.query({ text, rowMode: 'array' })).rows as unknown as unknown[][],
        stop: () => pool.end(),
      });
    };
    const drilled = await drill({
      archive: made.path,
      openDatabase,
      startDaemon,
      schema,
      now,
      databaseUrl: server.url,
    });
    expect(drilled.memoryId).toBe(made.manifest.counts['memory_embeddings']);
    expect(seen).toMatch(/\/ninjad_drill_\w+$/);
    const { rows } = await store.query({
      text: `SELECT datname FROM pg_database WHERE datname LIKE 'ninjad_drill_%'`,
    });
    expect(rows).toEqual([]);
  });
});
