import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { HomePaths } from '../../lib/config/paths.ts';
import { endOfArchive } from '../../lib/tar/header.ts';
import { isArchive } from './archive.ts';
import { exemptEntries, isCopiedLater, leftOut, orderedEntries } from './contents.ts';
import { BackupError } from './failure.ts';
import { isLeftover } from './leftovers.ts';
import { packOne, packText, packTree, type Packing } from './pack.ts';
import type { BaseBackup, Begun, Source } from './source.ts';
import { withoutSecrets } from './without-secrets.ts';

export interface PackHomeOptions {
  paths: HomePaths;
  source: Source;
  begun: Begun;
  withSecrets: boolean;
  isSecret: (key: string) => boolean;
  /** The path of the archive that is being made. */
  archive: string;
}

/** A file of an agent's folder that is larger is left out, and said. */
const maxWorkFileBytes = 256 * 1024 * 1024;
const timesRecordBytes = 16;

/** The content of an archive: the database, then the journal, then the spool, then the rest, each at the time it is read. */
export async function* packHome(packing: Packing, options: PackHomeOptions): AsyncGenerator<Buffer> {
  const { paths, source } = options;
  const { home } = paths;
  if (source.dump !== undefined) {
    yield* packOne(packing, join(source.dump.path, '..'), 'database.dump');
    await source.databaseCopied();
  } else yield* packDatabase(packing, home, source);
  yield* packTree(packing, home, 'journal', { cut: wholeTimes });
  yield* packTree(packing, home, 'spool');
  yield* packRest(packing, options);
  yield endOfArchive;
}

/** PostgreSQL's own base backup: files as they are while others write, then the log that makes them whole. */
async function* packDatabase(packing: Packing, home: string, source: Source): AsyncGenerator<Buffer> {
  const skip = (path: string): boolean => isCopiedLater(path.slice('pg/'.length));
  yield* packTree(packing, home, 'pg', { skip });
  const base = await source.databaseCopied();
  if (base !== undefined) yield* packText(packing, 'pg/backup_label', base.label);
  for (const segment of await segmentsOf(join(home, 'pg', 'pg_wal'), base))
    yield* packOne(packing, home, `pg/pg_wal/${segment}`);
  yield* packOne(packing, home, 'pg/global/pg_control');
}

/** From the segment that the label names to the last one; all of them where nobody works on the files. */
async function segmentsOf(folder: string, base: BaseBackup | undefined): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /^[0-9A-F]{24}$/.test(name)).sort();
  if (base === undefined) return names;
  const [, first = ''] = /^START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)$/m.exec(base.label) ?? [];
  const needed = names.filter((name) => name >= first && name <= base.lastSegment);
  // A checkpoint that nobody should have made has taken the first one away.
  if (first === '' || needed[0] !== first || needed.at(-1) !== base.lastSegment)
    throw new BackupError(
      'failed',
      'the log of the database was cut while it was copied: begin the backup again',
    );
  return needed;
}

async function* packRest(packing: Packing, options: PackHomeOptions): AsyncGenerator<Buffer> {
  const { home } = options.paths;
  const names = (await readdir(home)).sort();
  const notAgain = {
    skip: isLeftover,
    why: (path: string) => whyNotAgain(join(home, path), options.archive),
  };
  for (const name of names) {
    const why = leftOut(name, options);
    if (isLeftover(name)) continue;
    if (why !== undefined) packing.leftOut.push({ path: name, why });
    else if (name === 'config.json') yield* packConfig(packing, options);
    else if (!(orderedEntries as readonly string[]).includes(name)) {
      const how = { ...notAgain, ...(name === 'work' && { maxFileBytes: maxWorkFileBytes }) };
      // An owner may have moved a folder elsewhere: what a link of the home itself leads to is of the home.
      const isFolder = (await stat(join(home, name)).catch(() => undefined))?.isDirectory() === true;
      yield* isFolder ? packTree(packing, home, name, how) : packOne(packing, home, name, how);
    }
  }
}

/** Backups in backups would double with each one that is made. */
async function whyNotAgain(path: string, archive: string): Promise<string | undefined> {
  const isOne = path === archive || path.endsWith('.tar.verified') || (await isArchive(path));
  return isOne ? exemptEntries['backups'] : undefined;
}

async function* packConfig(
  packing: Packing,
  { paths, withSecrets, isSecret }: PackHomeOptions,
): AsyncGenerator<Buffer> {
  const text = await readFile(paths.configFile, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const { text: cut, keys } = withSecrets ? { text, keys: [] } : withoutSecrets(text, isSecret);
  for (const key of keys)
    packing.leftOut.push({ path: `config.json: ${key}`, why: 'a secret (--with-secrets)' });
  yield* packText(packing, 'config.json', cut);
}

/** A journal's times are records of a fixed size; the last one may be half written. */
function wholeTimes(path: string, size: number): number {
  return path.endsWith('.times') ? size - (size % timesRecordBytes) : size;
}
