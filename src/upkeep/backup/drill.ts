import { join } from 'node:path';
import { messageOf } from '../../lib/errors.ts';
import { countRows } from '../../lib/store/count-rows.ts';
import type { Store } from '../../lib/store/store.ts';
import { openArchive } from './archive.ts';
import { dumpName } from '../server/dump.ts';
import { freshServer } from '../server/fresh-server.ts';
import { withScratchDatabase } from '../server/scratch.ts';
import { type OpenDatabase, withDatabase, withFolderBeside } from './copy-database.ts';
import { differences } from './differences.ts';
import { extract } from './extract.ts';
import { BackupError } from './failure.ts';

/** A daemon that runs on a restored home without channels, agents and sensors. */
export interface DrilledDaemon {
  /** The rows of one statement. */
  rows(sql: string): Promise<readonly (readonly unknown[])[]>;
  stop(): Promise<void>;
}

export interface DrillOptions {
  archive: string;
  openDatabase: OpenDatabase;
  /** Starts a daemon on a home, with its own database or with one on a server; resolves when its database is ready. */
  startDaemon: (home: string, databaseUrl?: string) => Promise<DrilledDaemon>;
  /** The server that lends a database where the archive is of one; null is none. */
  databaseUrl: string | null;
  schema: number;
  now: () => Date;
}

/** What a drill has proven. */
export interface Drilled {
  archive: string;
  at: string;
  takenAt: string;
  tookMs: number;
  tables: number;
  rows: number;
  /** The memory that was read back by the daemon; null where the backup has none. */
  memoryId: number | null;
}

interface Sentinel {
  id: number;
  content: string;
}

/**
 * Restores an archive into a home of its own, compares the counts of all tables with those of the manifest, starts a daemon on it
 * and reads one memory back. A table that is empty in both is well. Throws a `BackupError` that says what failed; the home is
 * gone in any case.
 */
export async function drill(options: DrillOptions): Promise<Drilled> {
  const { openDatabase, startDaemon, now } = options;
  const beganAt = performance.now();
  const at = now().toISOString();
  const archive = await openArchive(options.archive, options);
  const { manifest } = archive;
  return withFolderBeside(options.archive, async (home) => {
    const whole = { files: manifest.files, sha256: manifest.payload.sha256 };
    const [fault] = await extract(
      { payload: archive.payload, manifest: whole },
      { into: { folder: home, takes: () => true } },
    );
    if (fault !== undefined)
      throw failed(`${fault.path}: ${fault.problem}`, fault.kind === 'missing' ? 'incomplete' : 'damaged');
    const tryOut = async (open: OpenDatabase, copy: string, url?: string): Promise<Drilled> => {
      const { counts, sentinel } = await withDatabase(open, join(home, copy), async (store) => ({
        counts: await countRows(store),
        sentinel: await newestMemory(store),
      }));
      const different = differences(manifest.counts, counts);
      if (different.length > 0) throw failed(different.join('; '));
      await readBack(await startDaemon(home, url), sentinel);
      return {
        archive: options.archive,
        at,
        takenAt: manifest.at,
        tookMs: Math.round(performance.now() - beganAt),
        tables: Object.keys(counts).length,
        rows: Object.values(counts).reduce((sum, count) => sum + count, 0),
        memoryId: sentinel?.id ?? null,
      };
    };
    if (manifest.database.kind === 'embedded') return tryOut(openDatabase, 'pg');
    return withScratchDatabase(serverOf(options), async (url) => {
      const fresh = await freshServer(url, manifest);
      return tryOut(fresh.load, dumpName, url);
    });
  });
}

function serverOf({ databaseUrl }: DrillOptions): string {
  if (databaseUrl !== null) return databaseUrl;
  throw new BackupError(
    'failed',
    'the archive is of a database on a server: name the server that lends one for the drill by DATABASE_URL',
  );
}

function failed(why: string, kind: BackupError['kind'] = 'damaged'): BackupError {
  return new BackupError(kind, `the drill failed: ${why}`);
}

async function newestMemory(store: Pick<Store, 'query'>): Promise<Sentinel | undefined> {
  const { rows } = await store.query<Sentinel>({
    text: 'SELECT id, content FROM memory_embeddings ORDER BY id DESC LIMIT 1',
  });
  return rows[0];
}

async function readBack(daemon: DrilledDaemon, sentinel: Sentinel | undefined): Promise<void> {
  try {
    const rows =
      sentinel === undefined
        ? await daemon.rows('SELECT count(*) FROM memory_embeddings')
        : await daemon.rows(`SELECT content FROM memory_embeddings WHERE id = ${sentinel.id}`);
    const got = rows[0]?.[0];
    if (sentinel === undefined ? Number(got) !== 0 : got !== sentinel.content)
      throw failed(`the daemon reads memory ${sentinel?.id ?? 0} otherwise than it was written`);
  } catch (thrown) {
    throw thrown instanceof BackupError ? thrown : failed(messageOf(thrown));
  } finally {
    await daemon.stop();
  }
}
