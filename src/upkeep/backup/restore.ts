import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ConflictError } from '../../lib/errors.ts';
import { acquireLock, type LockHandle } from '../../lib/process/lock.ts';
import { migrate } from '../../lib/store/migrate.ts';
import type { Migration } from '../../lib/store/migrations.ts';
import { countRows } from '../../lib/store/count-rows.ts';
import { ownValue } from '../../lib/own-value.ts';
import { readGeneration, writeGeneration } from '../generation.ts';
import { settleAfterRestore, type Settled } from './after-restore.ts';
import { type Archive, openArchive } from './archive.ts';
import { type OpenDatabase, withDatabase } from './copy-database.ts';
import { extract } from './extract.ts';
import { BackupError } from './failure.ts';
import { renewJournal } from './renew-journal.ts';
import { folderBeside } from './leftovers.ts';
import { finishRestore, notePreparing, restoringFile, takePlace } from './take-place.ts';
import { refuseNewer } from './verify.ts';

export interface RestoreOptions {
  archive: string;
  /** The home that is to be; what is there is kept beside. */
  into: string;
  openDatabase: OpenDatabase;
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
  const archive = await openArchive(options.archive);
  refuseNewer(archive, options.migrations.at(-1)?.version ?? 0);
  if (archive.manifest.database.kind !== 'embedded')
    throw new BackupError(
      'failed',
      'the archive is of a database on a server: restore its home.tar and database.dump by hand, as README says',
    );
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
    const prepared = await prepare(made, archive, { ...options, home });
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
  { home, openDatabase, migrations, keptDays, now, onStep }: RestoreOptions & { home: string },
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
  const prepared = await withDatabase(openDatabase, join(folder, 'pg'), async (store) => {
    const counts = await countRows(store);
    await migrate(store, migrations, now());
    const lines = await renewJournal(join(folder, 'journal'), { store, takenAt, keptDays });
    const settled = await settleAfterRestore(store, { takenAt, now: now(), generation });
    return { counts, lines, settled };
  });
  const different = Object.entries(manifest.counts).find(
    ([name, count]) => ownValue(prepared.counts, name) !== count,
  );
  if (different !== undefined)
    throw new BackupError(
      'damaged',
      `the archive ${archive.path} is not restored: the table ${different[0]} has other rows than it says`,
    );
  writeGeneration(folder, {
    generation,
    restoredAt: now().toISOString(),
    from: archive.path,
    takenAt: manifest.at,
  });
  onStep?.('prepared');
  return { generation, takenAt: manifest.at, ...prepared };
}
