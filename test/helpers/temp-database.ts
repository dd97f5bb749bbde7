import { createHash } from 'node:crypto';
import {
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedServer, spawnEmbeddedServer } from '../../actors/database/embedded-server.ts';
import { packagePath } from '../../src/lib/package-root.ts';
import { migrate } from '../../src/lib/store/migrate.ts';
import { loadMigrations } from '../../src/lib/store/migrations.ts';
import { createPool, type PooledStore } from '../../src/lib/store/pool.ts';

export interface TempDatabase {
  store: PooledStore;
  socketDir: string;
  dataDir: string;
  server: EmbeddedServer;
  /** Ends the process and nothing else: from then on the store is away, until `restart`. */
  away(): Promise<void>;
  restart(): Promise<void>;
  /** Closes the connections, ends the process and removes the files. */
  stop(): Promise<void>;
}

/** An embedded database with every migration applied, in a folder of its own: 1–2 s, the first one after a schema change 8 s. */
export async function tempDatabase(): Promise<TempDatabase> {
  return serve(await tempDataHome());
}

/** An embedded database with no migration applied. */
export async function tempEmptyDatabase(): Promise<TempDatabase> {
  return serve(await tempDataHome('empty'));
}

/** A new folder whose `data` is an embedded database that nobody serves yet. Remove it when done. */
export async function tempDataHome(kind: 'migrated' | 'empty' = 'migrated'): Promise<string> {
  const template = await (kind === 'migrated' ? templateDirectory() : emptyDirectory());
  const dir = mkdtempSync(join(tmpdir(), 'ninjad-db-'));
  cpSync(template, join(dir, 'data'), { recursive: true, mode: copyOnWrite });
  return dir;
}

const copyOnWrite = constants.COPYFILE_FICLONE;

async function serve(dir: string): Promise<TempDatabase> {
  const dataDir = join(dir, 'data');
  const start = () => spawnEmbeddedServer({ dataDir, socketDir: dir, lockDeadlineMs: 30_000 });
  let server = start();
  await server.listening;
  const store = createPool({ kind: 'embedded', socketDir: dir });
  return {
    store,
    socketDir: dir,
    dataDir,
    get server() {
      return server;
    },
    async away() {
      server.terminate();
      await server.exited;
    },
    async restart() {
      server = start();
      await server.listening;
    },
    async stop() {
      server.terminate();
      await server.exited;
      await store.end();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** initdb takes seconds, so both templates are kept between runs, named by all that they are made of. */
function templateDirectory(): Promise<string> {
  const checksums = loadMigrations().map((migration) => migration.checksum);
  return cached('migrated', checksums, async (dir) => {
    cpSync(await emptyDirectory(), join(dir, 'data'), { recursive: true, mode: copyOnWrite });
    const database = await serveAt(dir);
    await migrate(database.store, loadMigrations(), new Date());
    await database.close();
  });
}

function emptyDirectory(): Promise<string> {
  return cached('empty', [], async (dir) => {
    const database = await serveAt(dir);
    await database.close();
  });
}

async function serveAt(dir: string): Promise<{ store: PooledStore; close: () => Promise<void> }> {
  const server = spawnEmbeddedServer({ dataDir: join(dir, 'data'), socketDir: dir, lockDeadlineMs: 30_000 });
  await server.listening;
  const store = createPool({ kind: 'embedded', socketDir: dir });
  return {
    store,
    async close() {
      await store.end();
      server.terminate();
      await server.exited;
    },
  };
}

async function cached(
  kind: string,
  parts: readonly string[],
  make: (dir: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256')
    .update([pgliteVersion(), ...parts].join('\n'))
    .digest('hex')
    .slice(0, 16);
  const cache = packagePath('node_modules', '.cache', 'ninjad-test');
  const place = join(cache, `${kind}-${hash}`);
  if (!existsSync(place)) {
    mkdirSync(cache, { recursive: true });
    const dir = mkdtempSync(join(tmpdir(), 'ninjad-template-'));
    try {
      await make(dir);
      publish(join(dir, 'data'), place);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }
  return place;
}

/** Two test workers may make the same template at once: the first rename wins and the other's copy is dropped. */
function publish(from: string, place: string): void {
  const copy = `${place}.${process.pid}`;
  cpSync(from, copy, { recursive: true, mode: copyOnWrite });
  try {
    renameSync(copy, place);
  } catch (thrown) {
    rmSync(copy, { recursive: true, force: true });
    if (!existsSync(place)) throw thrown;
  }
}

function pgliteVersion(): string {
  return readFileSync(packagePath('node_modules', '@electric-sql', 'pglite', 'package.json'), 'utf8');
}
