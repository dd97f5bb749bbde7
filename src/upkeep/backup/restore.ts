import { existsSync } from 'node:fs';
import { mkdir, readdir, realpath, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ConflictError } from '../../lib/errors.ts';
import { acquireLock, type LockHandle } from '../../lib/process/lock.ts';
import { migrate } from '../../lib/store/migrate.ts';
import type { Migration } from '../../lib/store/migrations.ts';
import { countRows } from '../../lib/store/count-rows.ts';
import { readDatabaseVersion } from '../base-backup.ts';
import { readGeneration, writeGeneration } from '../generation.ts';
import { settleAfterRestore, type Settled } from './after-restore.ts';
import { type Archive, openArchive } from './archive.ts';
import { type OpenDatabase, withDatabase } from './copy-database.ts';
import { extract } from './extract.ts';
import { dumpName, withServer } from '../server/dump.ts';
import { freshServer } from '../server/fresh-server.ts';
import { endUnfinished, noteUnfinished, type Unfinished } from '../server/unfinished.ts';
import { differences } from './differences.ts';
import { BackupError } from './failure.ts';
import { noteDatabase } from './note-database.ts';
import { renewJournal } from './renew-journal.ts';
import { folderBeside } from './leftovers.ts';
import type { LeftOut } from './manifest.ts';
import { requireFree, requireMovable } from './room.ts';
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
  /** What the archive has not: secrets, and what could not be read. */
  lacks: LeftOut[];
}

/**
 * Restores an archive into a home that is made beside and takes its place whole, once all is compared, the database is started and
 * what was open is settled. A home with a running daemon is refused, and so is a folder that is no home. Whatever ends it before
 * leaves the home as it was.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const home = await realHome(resolve(options.into));
  const schema = options.migrations.at(-1)?.version ?? 0;
  const archive = await openArchive(options.archive, { schema });
  await requireMovable(home);
  const bytes = archive.manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  await requireFree(home, bytes + spareBytes, 'the home');
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
    if (options.databaseUrl !== undefined) await withServer(options.databaseUrl, endUnfinished);
    // What belongs to the place has come along from the home of before.
    const lacks = prepared.lacks.filter(({ path }) => !existsSync(join(home, path)));
    return { home, kept, ...prepared, lacks };
  } catch (thrown) {
    // What has taken its place meanwhile has this name no more, and what has it is the home of before.
    if (made !== undefined && existsSync(join(made, restoringFile)))
      await rm(made, { recursive: true, force: true });
    throw thrown;
  } finally {
    lock?.release();
  }
}

/** What the database writes when it starts for the first time. */
const spareBytes = 64_000_000;

/** A link to a home stays one: what it leads to is exchanged. */
async function realHome(home: string): Promise<string> {
  return existsSync(home) ? realpath(home) : home;
}

/** Where the database of an archive lies in it, how that is started, and how far a restore had come that was killed. */
interface Copy {
  name: string;
  open: OpenDatabase;
  before?: Unfinished | undefined;
}

/** Looks at the server before anything is made, where the archive is of one. */
async function copyOf({ manifest }: Archive, { openDatabase, databaseUrl }: RestoreOptions): Promise<Copy> {
  const { database } = manifest;
  if (database.kind === 'server') {
    if (databaseUrl !== undefined) {
      const { load, before } = await freshServer(databaseUrl, manifest);
      return { name: dumpName, open: load, before };
    }
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
    onStep?.('loaded');
    const journal = () => renewJournal(join(folder, 'journal'), { store, takenAt, keptDays });
    const done = copy.before?.done;
    if (done !== undefined)
      return { counts: manifest.counts, lines: (await journal()).lines, settled: done.settled };
    const { schema } = await readDatabaseVersion(store);
    // What a restore that was killed has brought further is what it was no more.
    const [different] =
      schema === manifest.database.schema ? differences(manifest.counts, await countRows(store)) : [];
    if (different !== undefined)
      throw new BackupError('damaged', `the archive ${archive.path} is not restored: ${different}`);
    await migrate(store, migrations, now());
    const { lines, uuid: worker } = await journal();
    const settled = await settleAfterRestore(
      store,
      { takenAt, now: now(), generation, worker },
      async (tx, result) => {
        if (databaseUrl === undefined) return;
        const at = now().toISOString();
        const rows = await countRows(tx);
        await noteUnfinished(tx, {
          archive: manifest.payload.sha256,
          at,
          done: { settled: result, counts: rows },
        });
      },
    );
    return { counts: manifest.counts, lines, settled };
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
  const lacks = [...manifest.leftOut.filter(({ why }) => why.includes('--with-secrets')), ...manifest.unread];
  return { generation, takenAt: manifest.at, ...prepared, lacks };
}
