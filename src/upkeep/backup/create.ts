import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type { HomePaths } from '../../lib/config/paths.ts';
import { writeWhole } from '../../lib/write-whole.ts';
import { ownValue } from '../../lib/own-value.ts';
import { packageVersion } from '../../lib/version.ts';
import { type Draft, writeArchive } from './archive.ts';
import { verifiedPath } from './catalogue.ts';
import { bestCodec, type Codec } from './codec.ts';
import { outsideHome } from './contents.ts';
import { type OpenDatabase, withFolderBeside } from './copy-database.ts';
import { countCopy, isOfDatabase } from './count-copy.ts';
import { differences } from './differences.ts';
import { extract } from './extract.ts';
import { BackupError } from './failure.ts';
import { archiveFormat, type Manifest } from './manifest.ts';
import { sweepLeftovers } from './leftovers.ts';
import type { Packing } from './pack.ts';
import { packHome } from './pack-home.ts';
import { requireFree } from './room.ts';
import type { Source } from './source.ts';
import { archivePath, inWords } from './target.ts';

export interface CreateOptions {
  paths: HomePaths;
  source: Source;
  /** The folder that the archive is written into, or its own path where that ends in `.tar`. */
  to: string;
  withSecrets: boolean;
  /** Settings whose value is cut out of config.json. */
  isSecret: (key: string) => boolean;
  openDatabase: OpenDatabase;
  now: () => Date;
  codec?: Codec;
  /** Told after each step. */
  onStep?: (step: string) => void;
}

/** An archive that was made. */
export interface Created {
  path: string;
  manifest: Manifest;
}

/**
 * Makes a backup of a home while it works: the database first, then the journal, then the spool, so that an event which is not in
 * the one is in the other. It is written beside its place, read back whole, its database started and counted, and only then
 * named. Throws a `BackupError`; nothing is left then.
 */
export async function createBackup(options: CreateOptions): Promise<Created> {
  const { source, paths, now, onStep = () => undefined } = options;
  const at = now();
  const path = await archivePath(options.to, at);
  await sweepLeftovers(dirname(path));
  await requireFree(dirname(path), await source.room(), 'a backup');
  const begun = await source.begin();
  onStep('begun');
  let draft: Draft | undefined;
  const packing: Packing = { files: [], leftOut: [], unread: [], breathe: () => source.breathe() };
  try {
    try {
      draft = await writeArchive(
        path,
        options.codec ?? bestCodec(),
        packHome(packing, { ...options, begun, archive: path }),
      );
    } catch (thrown) {
      // What went wrong first is told.
      await source.end().catch(() => undefined);
      throw thrown;
    }
    await source.end();
    onStep('packed');
    const manifest: Omit<Manifest, 'counts'> = {
      format: archiveFormat,
      program: { version: packageVersion(), node: process.version },
      at: at.toISOString(),
      host: hostname(),
      home: paths.home,
      generation: begun.generation,
      database: begun.database,
      codec: draft.payload.codec,
      withSecrets: options.withSecrets,
      payload: { bytes: draft.payload.bytes, sha256: draft.sha256 },
      files: packing.files,
      leftOut: packing.leftOut,
      unread: packing.unread,
      outside: [...outsideHome],
    };
    const counts = await countDraft(draft, { packing, database: begun.database, to: path }, options);
    requireSame(begun.counts ?? counts, counts);
    onStep('counted');
    const empty = await source.stillFilled(begun.filled.filter((table) => ownValue(counts, table) === 0));
    if (empty.length > 0)
      throw new BackupError(
        'incomplete',
        `the copy has no rows of ${empty.join(', ')}, and the database has some`,
      );
    await draft.finish({ ...manifest, counts });
    onStep('named');
    // It was read back whole, and its database was started.
    writeWhole(verifiedPath(path), `${JSON.stringify({ at: now().toISOString(), whole: true })}\n`);
    return { path, manifest: { ...manifest, counts } };
  } catch (thrown) {
    await draft?.discard();
    throw inWords(thrown, path);
  }
}

/** Reads back what was written, byte by byte, and counts the rows in the database of the copy. */
async function countDraft(
  { payload, sha256 }: Draft,
  { packing: { files }, database, to }: { packing: Packing; database: Manifest['database']; to: string },
  { openDatabase }: CreateOptions,
): Promise<Record<string, number>> {
  return withFolderBeside(to, async (folder) => {
    const takes = (name: string): boolean => isOfDatabase(database, name);
    const faults = await extract({ payload, manifest: { files, sha256 } }, { into: { folder, takes } });
    const [first] = faults;
    if (first !== undefined)
      throw new BackupError('damaged', `the archive was not written well: ${first.path}: ${first.problem}`);
    return countCopy(database, folder, openDatabase);
  });
}

function requireSame(wanted: Readonly<Record<string, number>>, got: Readonly<Record<string, number>>): void {
  const [first] = differences(wanted, got);
  if (first !== undefined)
    throw new BackupError('damaged', `the copy is not what was in the database: ${first}`);
}
