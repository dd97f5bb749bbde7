import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ConflictError } from '../../lib/errors.ts';
import { acquireLock, type LockHandle } from '../../lib/process/lock.ts';
import { migrate } from '../../lib/store/migrate.ts';
import type { Migration } from '../../lib/store/migrations.ts';
import { countRows } from '../../lib/store/count-rows.ts';
import { readGeneration, writeGeneration } from '../generation.ts';
import { settleAfterRestore, type Settled } from './after-restore.ts';
import { type Archive, openArchive } from './archive.ts';
import { type OpenDatabase, withDatabase } from './copy-database.ts';
import { extract } from './extract.ts';
import { dumpName } from '../server/dump.ts';
import { freshServer } from '../server/fresh-server.ts';
import { differences } from './differences.ts';
import { BackupError } from './failure.ts';
import { noteDatabase } from './note-database.ts';
import { renewJournal } from './renew-journal.ts';
import { folderBeside } from './leftovers.ts';
import { finishRestore, notePreparing, restoringFile, takePlace } from './take-place.ts';

export interface RestoreOptions {
  archive: string;
  /** The home that is to be; what is there is kept beside. */
  into: string;
  openDatabase: OpenDatabase;
  /** The fresh database on a server that the dump of an archive goes into. */
  databaseUrl?: string;
  /** Whether the settings of the home are to name that database. */
  notesDatabase?: boolean;
  migrations: readonly Migration[];
  /** How long events are kept, in days. */
  keptDays: number;
  now: () => Date;
  /** Told after each step. */
  onStep?: (step: string) => void;
  /** See `TakePlaceOptions`. */
  exchanges?: (one: string, other: string) => boolean;
}

/** What a restore did. */
export interface Restored {
  home: string;
  generation: number;
  takenAt: string;
  /** Where the home of before is kept; null where there was none. */
  kept: string | null;
  /** Lines of the journal that the database did not have yet; the daemon takes them up at its start. */
  lines: number;
  settled: Settled;
  counts: Record<string, number>;
}

/**
 * Restores an archive into a home that is made beside and takes its place whole, once all is compared, the database is started and
 * what was open is settled. A home with a running daemon is refused, and so is a folder that is no home. Whatever ends it before
 * leaves the home as it was.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const home = resolve(options.into);
  const schema = options.migrations.at(-1)?.version ?? 0;
  const archive = await openArchive(options.archive, { schema });
  const copy = await copyOf(archive, options);
  const { onStep = () => undefined } = options;
  await finishRestore(home);
  const lock = await takeHome(home);
  let made: string | undefined;
  try {
    await mkdir(dirname(home), { recursive: true });
    const place = `${home}.before-${options
      .now()
      .toISOString()
      .replace(/[-:]|\.\d+/g, '')}`;
    made = await folderBeside(home, 'restoring');
    notePreparing(made, place);
    const prepared = await prepare(made, archive, { ...options, home, copy });
    const kept = await takePlace(made, home, { ...options, kept: place, onStep });
    return { home, kept, ...prepared };
  } catch (thrown) {
    // What has taken its place meanwhile has this name no more, and what has it is the home of before.
    if (made !== undefined && existsSync(join(made, restoringFile)))
      await rm(made, { recursive: true, force: true });
    throw thrown;
  } finally {
    lock?.release();
  }
}

/** Where the database of an archive lies in it, and how that is started. */
interface Copy {
  name: string;
  open: OpenDatabase;
}

/** Looks at the server before anything is made, where the archive is of one. */
async function copyOf(
  { manifest: { database } }: Archive,
  { openDatabase, databaseUrl }: RestoreOptions,
): Promise<Copy> {
  if (database.kind === 'server') {
    if (databaseUrl !== undefined)
      return { name: dumpName, open: (await freshServer(databaseUrl, database)).load };
    throw new BackupError(
      'failed',
      `the archive is of a database on a server (PostgreSQL ${database.server}): make a fresh one with createdb, and name it with --database postgresql://…`,
    );
  }
  if (databaseUrl === undefined) return { name: 'pg', open: openDatabase };
  throw new BackupError(
    'failed',
    'the archive is of the embedded database, and goes into a home that has one too: restore it without --database and DATABASE_URL, then ninjad export and ninjad import take it to a server',
  );
}

/** Refuses a home that runs, and a folder that is something else. */
async function takeHome(home: string): Promise<LockHandle | undefined> {
  if (!existsSync(home)) return undefined;
  const names = await readdir(home);
  if (names.length > 0 && !names.includes('pg') && !names.includes('journal'))
    throw new ConflictError(`${home} is not empty and no home of ninjad: choose another place with --into`);
  return acquireLock(join(home, 'lock'));
}

type Prepared = Omit<Restored, 'home' | 'kept'>;

/** Makes the whole home in a folder that nobody knows yet. */
async function prepare(
  folder: string,
  archive: Archive,
  {
    home,
    copy,
    migrations,
    keptDays,
    now,
    onStep,
    databaseUrl,
    notesDatabase = false,
  }: RestoreOptions & { home: string; copy: Copy },
): Promise<Prepared> {
  const { manifest } = archive;
  const [fault] = await extract(
    { payload: archive.payload, manifest: { files: manifest.files, sha256: manifest.payload.sha256 } },
    { into: { folder, takes: () => true }, flush: true },
  );
  if (fault !== undefined)
    throw new BackupError(
      fault.kind === 'missing' ? 'incomplete' : 'damaged',
      `the archive ${archive.path} is not restored: ${fault.path}: ${fault.problem}`,
    );
  onStep?.('extracted');
  const takenAt = new Date(manifest.at);
  const generation = Math.max(manifest.generation, readGeneration(home)?.generation ?? 1) + 1;
  const prepared = await withDatabase(copy.open, join(folder, copy.name), async (store) => {
    const counts = await countRows(store);
    const [different] = differences(manifest.counts, counts);
    if (different !== undefined)
      throw new BackupError('damaged', `the archive ${archive.path} is not restored: ${different}`);
    await migrate(store, migrations, now());
    const lines = await renewJournal(join(folder, 'journal'), { store, takenAt, keptDays });
    const settled = await settleAfterRestore(store, { takenAt, now: now(), generation });
    return { counts, lines, settled };
  });
  if (databaseUrl !== undefined) {
    await rm(join(folder, dumpName));
    if (notesDatabase) noteDatabase(folder, databaseUrl);
  }
  writeGeneration(folder, {
    generation,
    restoredAt: now().toISOString(),
    from: archive.path,
    takenAt: manifest.at,
  });
  onStep?.('prepared');
  return { generation, takenAt: manifest.at, ...prepared };
}
