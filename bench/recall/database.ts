import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnEmbeddedServer } from '../../actors/database/embedded-server.ts';
import { packagePath } from '../../src/lib/package-root.ts';
import { migrate } from '../../src/lib/store/migrate.ts';
import { loadMigrations } from '../../src/lib/store/migrations.ts';
import { createPool } from '../../src/lib/store/pool.ts';
import type { Store } from '../../src/lib/store/store.ts';

/** A database of the bench's own. */
export interface BenchDatabase {
  store: Store;
  /** True where it was filled by an earlier run. */
  isFilled: boolean;
  /** Keeps what was filled for the next run, where that can be done. */
  keep: () => void;
  /** Ends it; what was not kept is removed. */
  stop: () => Promise<void>;
}

/** Filling 100,000 memories and their index takes the embedded database many minutes, so it is done once a schema. */
const cacheDir = packagePath('node_modules', '.cache', 'ninjad-bench-recall');
const filesFilledFrom = ['crowd.ts', 'fill.ts', 'random.ts'];

/** An embedded database with every migration applied; with a `name` it is kept between runs by `keep`. */
export async function embeddedDatabase(name?: string): Promise<BenchDatabase> {
  const dir =
    name === undefined
      ? mkdtempSync(join(tmpdir(), 'ninjad-bench-recall-'))
      : join(cacheDir, `${name}-${fingerprint()}`);
  const marker = join(dir, 'filled');
  const isFilled = existsSync(marker);
  if (!isFilled) rmSync(join(dir, 'data'), { recursive: true, force: true });
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  // The path of a Unix socket may have 107 bytes at most.
  const socketDir = mkdtempSync(join(tmpdir(), 'nb-'));
  const server = spawnEmbeddedServer({ dataDir: join(dir, 'data'), socketDir, lockDeadlineMs: 30_000 });
  await server.listening;
  const store = createPool({ kind: 'embedded', socketDir });
  if (!isFilled) await migrate(store, loadMigrations(), new Date());
  let isKept = isFilled;
  return {
    store,
    isFilled,
    keep() {
      if (name === undefined) return;
      isKept = true;
    },
    async stop() {
      await store.end();
      server.terminate();
      await server.exited;
      rmSync(socketDir, { recursive: true, force: true });
      if (isKept && !isFilled) mkdirSync(marker);
      if (!isKept) rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A database of its own on a server; dropped at the end. The role of the URL must be allowed to create one. */
export async function serverDatabase(url: string): Promise<BenchDatabase> {
  const name = `ninjad_bench_recall_${process.pid}`;
  const admin = createPool({ kind: 'server', url }, { max: 1 });
  await admin.query({ text: `CREATE DATABASE ${name}` });
  const own = new URL(url);
  own.pathname = `/${name}`;
  const store = createPool({ kind: 'server', url: own.href }, { statementTimeoutMs: 0 });
  const stop = async (): Promise<void> => {
    await store.end();
    await admin.query({ text: `DROP DATABASE IF EXISTS ${name} WITH (FORCE)` });
    await admin.end();
  };
  try {
    await migrate(store, loadMigrations(), new Date());
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  return { store, isFilled: false, keep: () => undefined, stop };
}

function fingerprint(): string {
  const hash = createHash('sha256');
  for (const { checksum } of loadMigrations()) hash.update(checksum);
  for (const file of filesFilledFrom) hash.update(readFileSync(packagePath('bench', 'recall', file)));
  return hash.digest('hex').slice(0, 16);
}
