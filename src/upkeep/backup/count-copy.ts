import { join } from 'node:path';
import { countRows } from '../../lib/store/count-rows.ts';
import { countDump } from '../server/count-dump.ts';
import { dumpName } from '../server/dump.ts';
import { type OpenDatabase, withDatabase } from './copy-database.ts';
import type { Manifest } from './manifest.ts';

/** The major version of pg_dump that a dump was made by. */
export function dumpedBy({ server, dumpedBy: made }: Manifest['database']): number {
  return made ?? Number.parseInt(server, 10);
}

/** Whether a path of an archive is of its database: the files of the cluster, or the dump. */
export function isOfDatabase({ kind }: Manifest['database'], path: string): boolean {
  return kind === 'server' ? path === dumpName : path === 'pg' || path.startsWith('pg/');
}

/** Counts the rows of each table in a database that was extracted into a folder: a cluster is started for it, a dump is read. */
export function countCopy(
  database: Manifest['database'],
  folder: string,
  openDatabase: OpenDatabase,
): Promise<Record<string, number>> {
  return database.kind === 'server'
    ? countDump(join(folder, dumpName), dumpedBy(database))
    : withDatabase(openDatabase, join(folder, 'pg'), countRows);
}
