import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { homePaths } from '../../src/lib/config/paths.ts';
import { endOfArchive } from '../../src/lib/tar/header.ts';
import { loadMigrations } from '../../src/lib/store/migrations.ts';
import { openArchive, writeArchive } from '../../src/upkeep/backup/archive.ts';
import { coldSource } from '../../src/upkeep/backup/cold-source.ts';
import { withDatabase } from '../../src/upkeep/backup/copy-database.ts';
import { createBackup } from '../../src/upkeep/backup/create.ts';
import { extract } from '../../src/upkeep/backup/extract.ts';
import type { Manifest } from '../../src/upkeep/backup/manifest.ts';
import { packOne, type Packing } from '../../src/upkeep/backup/pack.ts';
import { verifyArchive } from '../../src/upkeep/backup/verify.ts';
import { openOwnDatabase } from '../../src/wiring/own-database.ts';
import { tempDataHome } from '../helpers/temp-database.ts';

/* One archive, taken apart, with each of its tables spoilt, and put together again. */
let root: string;
let manifest: Manifest;
let unpacked: string;
/** Files of the tables below the unpacked home, and tables that have rows. */
let files: Map<string, string>;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'njd-tables-'));
  const home = join(root, 'home');
  mkdirSync(home);
  const data = await tempDataHome();
  renameSync(join(data, 'data'), join(home, 'pg'));
  rmSync(data, { recursive: true, force: true });
  mkdirSync(join(home, 'journal'));
  await withDatabase(openOwnDatabase, join(home, 'pg'), (store) =>
    store.query({
      text: `
      INSERT INTO memory_embeddings (kind, content, source, trust, created_at, last_seen_at) VALUES ('note', 'x', 'cli', 'owner', now(), now());
      INSERT INTO wishlist (title, description, fingerprint, origin, created_at) VALUES ('w', 'd', 'f', 'owner', now());
      INSERT INTO config (key, value, updated_at, updated_by) VALUES ('log.level', '"debug"', now(), 'cli');
      INSERT INTO activity_log (at, actor, action, summary) VALUES (now(), 'owner', 'x', 'y');`,
    }),
  );
  const paths = homePaths(home);
  const archive = join(root, 'one.tar');
  await createBackup({
    paths,
    source: coldSource(paths, openOwnDatabase),
    to: archive,
    withSecrets: false,
    isSecret: () => false,
    openDatabase: openOwnDatabase,
    now: () => new Date(),
    codec: 'gzip',
  });
  const opened = await openArchive(archive);
  ({ manifest } = opened);
  unpacked = join(root, 'unpacked');
  mkdirSync(unpacked);
  expect(await extract(opened, { into: { folder: unpacked, takes: () => true } })).toEqual([]);
  files = await withDatabase(openOwnDatabase, join(home, 'pg'), async (store) => {
    const { rows } = await store.query<{ name: string; path: string }>({
      text: `SELECT relname AS name, 'pg/' || pg_relation_filepath(oid) AS path FROM pg_class
              WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
    });
    return new Map(rows.map(({ name, path }) => [name, path]));
  });
}, 120_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** An archive of a folder with the manifest of the first one, but for what is given. */
async function packedAgain(folder: string, of: (packing: Packing) => Partial<Manifest>): Promise<string> {
  const path = join(root, 'again.tar');
  rmSync(path, { force: true });
  const packing: Packing = { files: [], leftOut: [], unread: [], breathe: () => Promise.resolve() };
  const draft = await writeArchive(
    path,
    'gzip',
    (async function* () {
      for (const name of readdirSync(folder)) yield* packOne(packing, folder, name);
      yield endOfArchive;
    })(),
  );
  await draft.finish({
    ...manifest,
    ...of(packing),
    payload: { bytes: draft.payload.bytes, sha256: draft.sha256 },
  });
  return path;
}

function hadBytes(path: string): boolean {
  return (manifest.files.find((file) => file.path === path)?.bytes ?? 0) > 0;
}

async function faultsOf(path: string): Promise<string[]> {
  const schema = loadMigrations().at(-1)?.version ?? 0;
  const found = await verifyArchive(path, { openDatabase: openOwnDatabase, schema, now: () => new Date() });
  return found.faults.map((fault) => fault.path);
}

const spoils: [string, (path: string) => void][] = [
  ['altered', (path) => appendFileSync(path, Buffer.alloc(8_192, 7))],
  ['cut', (path) => truncateSync(path, Math.floor(statSync(path).size / 2) + 1)],
  ['emptied', (path) => truncateSync(path, 0)],
];

it('finds each table whose file was altered, cut or emptied', async () => {
  expect(files.size).toBeGreaterThan(40);
  for (const [what, spoil] of spoils) {
    // A table without rows has an empty file, which can only grow.
    const touched = [...files.values()].filter((path) => what === 'altered' || hadBytes(path));
    expect(touched.length, what).toBeGreaterThan(4);
    for (const path of touched) spoil(join(unpacked, path));
    expect(await faultsOf(await packedAgain(unpacked, () => ({}))), what).toEqual(
      expect.arrayContaining(touched),
    );
  }
}, 120_000);

it('finds each table that has other rows than were counted, though every byte is as the archive says', async () => {
  const folder = join(root, 'emptied');
  mkdirSync(folder);
  const { payload, manifest: whole } = await openArchive(join(root, 'one.tar'));
  await extract({ payload, manifest: whole }, { into: { folder, takes: () => true } });
  const filled = Object.entries(manifest.counts).flatMap(([table, count]) => (count > 0 ? [table] : []));
  expect(filled).toEqual(expect.arrayContaining(['memory_embeddings', 'wishlist', 'config', 'activity_log']));
  await withDatabase(openOwnDatabase, join(folder, 'pg'), (store) =>
    store.query({ text: `TRUNCATE ${filled.join(', ')} CASCADE` }),
  );
  // What a look has left there is no part of the home.
  rmSync(join(folder, 'pg.lock'), { force: true });
  const archive = await packedAgain(folder, (packing) => ({ files: packing.files }));
  expect((await faultsOf(archive)).sort()).toEqual(filled.map((table) => `table ${table}`).sort());
}, 120_000);
