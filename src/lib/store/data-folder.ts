import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A folder for the embedded database: a database, room for one, or something that nobody may delete. */
export type DataFolder = { kind: 'database' } | { kind: 'empty' } | { kind: 'damaged'; problem: string };

const namedFiles = 3;

/** Without one of these no server starts on the folder. */
const essential = ['base', 'global', 'pg_wal'] as const;

/**
 * Looks at what lies where the embedded database is to be. Postgres knows its folder by `PG_VERSION`; a folder without it
 * that has anything in it may be a database that was damaged, copied half-way or restored half-way, and is left alone.
 * Throws what the file system says where the folder cannot be read.
 */
export function inspectDataFolder(dataDir: string): DataFolder {
  if (existsSync(join(dataDir, 'PG_VERSION'))) {
    const missing = essential.filter((name) => !existsSync(join(dataDir, name)));
    if (missing.length === 0) return { kind: 'database' };
    return damaged(`${dataDir} has a PG_VERSION, but no ${missing.join(', no ')}`);
  }
  const names = entriesOf(dataDir);
  if (names === undefined) return damaged(`${dataDir} is not a folder`);
  if (names.length === 0) return { kind: 'empty' };
  const some = names.slice(0, namedFiles).join(', ');
  return damaged(
    `${dataDir} has no PG_VERSION, but ${names.length} other entries (${some}${names.length > namedFiles ? ', …' : ''})`,
  );
}

function damaged(what: string): DataFolder {
  return {
    kind: 'damaged',
    problem: `${what}: this may be a damaged database, so nothing in it was touched; restore it from a backup, or move it away and an empty one is made`,
  };
}

/** The names in a folder, none where it is missing; undefined where something else is in its place. */
function entriesOf(path: string): string[] | undefined {
  try {
    return readdirSync(path).sort();
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    if (code === 'ENOTDIR') return undefined;
    throw thrown;
  }
}
