import { createHash } from 'node:crypto';
import { ownValue } from '../../lib/own-value.ts';
import { writeWhole } from '../../lib/write-whole.ts';
import { type Archive, openArchive } from './archive.ts';
import { type OpenDatabase, withFolderBeside } from './copy-database.ts';
import { countCopy, dumpedBy, isOfDatabase } from './count-copy.ts';
import { extract, type Fault } from './extract.ts';
import type { Manifest } from './manifest.ts';
import { fittingTool } from '../server/tools.ts';
import { verifiedPath } from './catalogue.ts';
import { messageOf } from '../../lib/errors.ts';

/** One part of so many: `{ part: 1, of: 7 }` is the first seventh. */
export interface Sample {
  part: number;
  of: number;
}

export interface VerifyOptions {
  sample?: Sample;
  openDatabase: OpenDatabase;
  /** The newest migration that this program knows. */
  schema: number;
  now: () => Date;
}

/** What a look at an archive has found. */
export interface Verified {
  path: string;
  at: string;
  /** `damaged`: something was altered or cut. `incomplete`: something is missing. */
  outcome: 'well' | 'damaged' | 'incomplete';
  faults: Fault[];
  /** Files whose bytes were compared. */
  compared: number;
  /** True where the rows of the copy's database were counted. */
  counted: boolean;
  /** Why they were not, of an archive that was looked at whole; else null. */
  uncounted: string | null;
}

/**
 * Looks whether an archive holds what its manifest says. Of a sample the names and sizes of all files are compared, and the bytes
 * of that part; else all bytes are, and the rows of the database are counted: a cluster is started beside for it, a dump of a server
 * is read by pg_restore, where there is one. Throws a `BackupError` where the archive cannot even be opened.
 */
export async function verifyArchive(path: string, options: VerifyOptions): Promise<Verified> {
  const archive = await openArchive(path, options);
  const { sample } = options;
  const compares = (name: string): boolean => sample === undefined || isInSample(name, sample);
  const isWhole = sample === undefined;
  const uncounted = isWhole ? await whyUncounted(archive.manifest.database) : null;
  const counts = isWhole && uncounted === null;
  const faults = counts ? await lookAtAll(archive, options) : await extract(wholeOf(archive), { compares });
  const at = options.now().toISOString();
  const outcome = faults.some(({ kind }) => kind === 'damaged')
    ? 'damaged'
    : faults.length > 0
      ? 'incomplete'
      : 'well';
  if (outcome === 'well') noteVerified(path, at, isWhole);
  const compared = archive.manifest.files.filter((file) => compares(file.path)).length;
  return {
    path,
    at,
    outcome,
    faults,
    compared,
    counted: counts && outcome === 'well',
    uncounted,
  };
}

/** Which part a file belongs to is decided by its name alone, so that the parts cover all files once. */
function isInSample(path: string, { part, of }: Sample): boolean {
  return createHash('sha256').update(path).digest().readUInt32BE(0) % of === part - 1;
}

/** An archive with the checksum of its compressed bytes. */
function wholeOf({ payload, manifest }: Archive) {
  return { payload, manifest: { files: manifest.files, sha256: manifest.payload.sha256 } };
}

/** Why the rows of this database cannot be counted here, or null where they can. */
async function whyUncounted(database: Manifest['database']): Promise<string | null> {
  if (database.kind === 'embedded') return null;
  const version = dumpedBy(database);
  const why = `its dump was made by pg_dump ${version}`;
  return fittingTool('pg_restore', { atLeast: version, why }).then(() => null, messageOf);
}

function lookAtAll(archive: Archive, { openDatabase }: VerifyOptions): Promise<Fault[]> {
  const { counts, database } = archive.manifest;
  return withFolderBeside(archive.path, async (folder) => {
    const takes = (path: string): boolean => isOfDatabase(database, path);
    const faults = await extract(wholeOf(archive), { into: { folder, takes } });
    if (faults.length > 0) return faults;
    return compareCounts(counts, () => countCopy(database, folder, openDatabase));
  });
}

/** Compares the rows of the tables of a copy with what was counted when it was made. */
async function compareCounts(
  expected: Readonly<Record<string, number>>,
  count: () => Promise<Record<string, number>>,
): Promise<Fault[]> {
  let counts: Record<string, number>;
  try {
    counts = await count();
  } catch (thrown) {
    return [{ kind: 'damaged', path: 'the database', problem: `it cannot be counted: ${messageOf(thrown)}` }];
  }
  const names = new Set([...Object.keys(expected), ...Object.keys(counts)]);
  return [...names].sort().flatMap((name): Fault[] => {
    const [wanted, got] = [ownValue(expected, name), ownValue(counts, name)];
    if (wanted === got) return [];
    if (got === undefined)
      return [{ kind: 'missing', path: `table ${name}`, problem: 'the database does not have it' }];
    return [
      {
        kind: 'damaged',
        path: `table ${name}`,
        problem: `it has ${got} rows instead of ${wanted ?? 'none'}`,
      },
    ];
  });
}

function noteVerified(path: string, at: string, whole: boolean): void {
  try {
    writeWhole(verifiedPath(path), `${JSON.stringify({ at, whole })}\n`);
  } catch {
    // A folder that is read-only: what was found stands all the same.
  }
}
