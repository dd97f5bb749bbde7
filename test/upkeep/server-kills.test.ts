import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { homePaths } from '../../src/lib/config/paths.ts';
import { packagePath } from '../../src/lib/package-root.ts';
import { countRows } from '../../src/lib/store/count-rows.ts';
import { migrate } from '../../src/lib/store/migrate.ts';
import { createPool, type PooledStore } from '../../src/lib/store/pool.ts';
import { restingHome } from '../../src/upkeep/backup/cold-source.ts';
import { createBackup } from '../../src/upkeep/backup/create.ts';
import { finishRestore } from '../../src/upkeep/backup/take-place.ts';
import { sweepLeftovers } from '../../src/upkeep/backup/leftovers.ts';
import { type Restored, restoreBackup } from '../../src/upkeep/backup/restore.ts';
import { verifyArchive } from '../../src/upkeep/backup/verify.ts';
import { serverSource } from '../../src/upkeep/server/server-source.ts';
import { migrationsWithoutVectors } from '../helpers/without-vectors.ts';
import { nativeBinaries, nativePostgres, type NativePostgres } from '../helpers/native-postgres.ts';

/* Real processes that back a database of a server up or restore it, killed by SIGKILL at each step. */
const child = packagePath('test', 'fixtures', 'upkeep', 'killed-at.ts');
const bin = nativeBinaries();
const migrations = migrationsWithoutVectors();
const openDatabase = () => Promise.reject(new Error('there is no embedded database in this'));
const now = () => new Date();
let server: NativePostgres;
let store: PooledStore;
let root: string;
let home: string;
let archive: string;
let counts: Record<string, number>;

function urlOf(database: string): string {
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  return url.href;
}

async function killAt(what: 'create' | 'restore', step: string, more: object): Promise<void> {
  const given = JSON.stringify({ what, step, home, archive, exchanges: true, ...more });
  const ran = spawn(process.execPath, ['--import', 'tsx', child, given], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  ran.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [, signal] = (await once(ran, 'exit')) as [number | null, NodeJS.Signals | null];
  expect(signal, `at ${step}: ${said}`).toBe('SIGKILL');
}

const restoreInto = (into: string, databaseUrl: string): Promise<Restored> =>
  restoreBackup({
    archive,
    into,
    openDatabase,
    databaseUrl,
    notesDatabase: true,
    migrations,
    keptDays: 90,
    now,
  });

async function inDatabase<T>(url: string, work: (pool: PooledStore) => Promise<T>): Promise<T> {
  const pool = createPool({ kind: 'server', url }, { max: 1 });
  return work(pool).finally(() => pool.end());
}

// Where no server is installed there is nothing to test against; .ci/run installs one.
describe.skipIf(bin === undefined)('a home whose database is on a server', () => {
  beforeAll(async () => {
    server = await nativePostgres(bin ?? '');
    store = createPool({ kind: 'server', url: server.url }, { max: 2 });
    await migrate(store, migrations, now());
    await store.query({
      text: `INSERT INTO memory_embeddings (kind, content, source, trust, created_at, last_seen_at) VALUES ('note', 'mine', 'cli', 'owner', now(), now());
             INSERT INTO discord_cards (kind, subject_id, channel_id, nonce, version, created_at) VALUES ('wish', 1, '1', 'n', 'v', now());`,
    });
    root = mkdtempSync(join(tmpdir(), 'njd-server-kills-'));
    home = join(root, 'home');
    const paths = homePaths(home);
    mkdirSync(join(home, 'journal'), { recursive: true });
    writeFileSync(paths.configFile, JSON.stringify({ 'database.url': server.url }));
    mkdirSync(join(root, 'archives'));
    archive = join(root, 'archives', 'one.tar');
    const resting = restingHome(paths, () => Promise.resolve({}));
    const made = await createBackup({
      paths,
      source: serverSource(resting, { url: server.url, to: archive }),
      to: archive,
      withSecrets: false,
      isSecret: (key) => key === 'database.url',
      openDatabase,
      now,
    });
    ({ counts } = made.manifest);
  }, 180_000);

  afterAll(async () => {
    await store.end();
    server.remove();
    rmSync(root, { recursive: true, force: true });
  });

  it.each(['begun', 'packing', 'packed', 'counted', 'named'])(
    'has no archive that is not whole where its backup was killed at the step %s',
    async (step) => {
      const folder = join(root, `at-${step}`);
      mkdirSync(folder);
      await killAt('create', step, { archive: join(folder, 'two.tar'), server: server.url });
      await sweepLeftovers(folder);
      expect(readdirSync(folder)).toEqual(step === 'named' ? ['two.tar'] : []);
      expect(await countRows(store)).toEqual(counts);
      if (step !== 'named') return;
      const schema = migrations.at(-1)?.version ?? 0;
      expect(await verifyArchive(join(folder, 'two.tar'), { openDatabase, schema, now })).toMatchObject({
        outcome: 'well',
        counted: true,
      });
    },
    180_000,
  );

  it.each(['extracted', 'loaded', 'prepared', 'ready', 'switched'])(
    'is restored by the same command again where the first was killed at the step %s',
    async (step) => {
      const name = `killed_${step}`;
      await store.query({ text: `CREATE DATABASE ${name}` });
      const url = urlOf(name);
      const into = join(root, `restored-${step}`, 'home');
      await killAt('restore', step, { home: into, server: url });
      const restored = await restoreInto(into, url);
      expect(restored).toMatchObject({ settled: { expired: 1 }, counts });
      expect(JSON.parse(readFileSync(join(into, 'config.json'), 'utf8'))).toEqual({ 'database.url': url });
      expect(existsSync(join(into, 'restoring.json'))).toBe(false);
      await finishRestore(into);
      expect(readdirSync(join(into, '..')).filter((entry) => entry.startsWith('.'))).toEqual([]);
      await inDatabase(url, async (pool) => {
        const { rows } = await pool.query<{ told: number; left: number }>({
          text: `SELECT (SELECT count(*) FROM owner_notices WHERE origin = 'upkeep') AS told,
                        (SELECT count(*) FROM pg_namespace WHERE nspname = 'ninjad_restoring') AS left`,
        });
        // It is settled once, however often it was begun, and no note of it is left.
        expect(rows).toEqual([{ told: 1, left: 0 }]);
      });
      // It is a database like any other now, and nothing goes over it.
      await expect(restoreInto(into, url)).rejects.toThrow(/is not empty .*: a backup goes into a fresh/);
    },
    180_000,
  );

  it('says what to do where somebody has used a database that was never restored to the end', async () => {
    await store.query({ text: 'CREATE DATABASE used' });
    const url = urlOf('used');
    const into = join(root, 'used', 'home');
    await killAt('restore', 'ready', { home: into, server: url });
    await inDatabase(url, (pool) => pool.query({ text: 'DELETE FROM memory_embeddings' }));
    await expect(restoreInto(into, url)).rejects.toThrow(
      /has what a restore began at \S+ and did not end, and somebody has used it since: remove and make it anew with dropdb and createdb, and run this again/,
    );
    expect(existsSync(into)).toBe(false);
  }, 180_000);
});
