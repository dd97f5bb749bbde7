import { readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { folderBytes } from '../lib/folder-bytes.ts';
import type { Tx } from '../lib/store/store.ts';
import { type Fate, folderParts, tableParts } from './parts.ts';

/** How much one part takes. */
export interface PartBytes {
  name: string;
  bytes: number;
  fate: Fate;
  says: string;
}

/** A home with an embedded database, or with one on a server, whose tables then take nothing here. */
export interface MeasuredHome {
  home: string;
  databaseKind: 'embedded' | 'server';
}

/** How much each part of a home takes on the disk, the largest first. */
export async function measureParts(store: Tx, { home, databaseKind }: MeasuredHome): Promise<PartBytes[]> {
  const tables = databaseKind === 'embedded' ? await measureTables(store) : new Map<string, number>();
  const parts = tableParts.map(({ name, fate, says }) => ({ name, fate, says, bytes: 0 }));
  for (const [table, bytes] of tables) {
    const at = tableParts.findIndex((part) => part.tables?.some((known) => known.test(table)) === true);
    const part = parts[at];
    if (part !== undefined) part.bytes += bytes;
  }
  const folders = await Promise.all(
    folderParts.map(async ({ name, fate, says, entries = [] }) => {
      const sizes = await Promise.all(entries.map((entry) => folderBytes(join(home, entry))));
      return { name, fate, says, bytes: sum(sizes) };
    }),
  );
  const named = new Set(folderParts.flatMap(({ entries = [] }) => entries));
  const others = (await readdir(home).catch(() => [])).filter((name) => name !== 'pg' && !named.has(name));
  const rest = await Promise.all(others.map((name) => folderBytes(join(home, name))));
  const inTables = sum(parts.map(({ bytes }) => bytes));
  const wal = folders.find(({ name }) => name === 'database log')?.bytes ?? 0;
  const files = await folderBytes(join(home, 'pg'));
  return [
    ...parts,
    ...folders,
    {
      name: 'database itself',
      fate: 'never' as const,
      says: 'what PostgreSQL keeps of its own',
      bytes: Math.max(0, files - wal - inTables),
    },
    { name: 'other files', fate: 'passing' as const, says: 'sensors, states and the like', bytes: sum(rest) },
  ].sort((a, b) => b.bytes - a.bytes);
}

/** All tables at once take the embedded database 120 ms, for which a question would have to wait. */
const tablesAtOnce = 12;

/** Bytes of each table with its indexes and long values, those of a partitioned one together. */
export async function measureTables(store: Tx): Promise<Map<string, number>> {
  const { rows: tables } = await store.query<{ oid: number; name: string }>({
    name: 'storage-tables',
    text: `SELECT c.oid::bigint AS oid, coalesce(parent.relname, c.relname) AS name
             FROM pg_class c
             LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
             LEFT JOIN pg_class parent ON parent.oid = i.inhparent
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'm')
            ORDER BY 2`,
  });
  const bytesOf = new Map<string, number>();
  for (let at = 0; at < tables.length; at += tablesAtOnce) {
    const some = tables.slice(at, at + tablesAtOnce);
    const { rows } = await store.query<{ place: number; bytes: number }>({
      name: 'storage-table-bytes',
      // A table that has gone meanwhile has no size.
      text: `SELECT place::int, coalesce(pg_total_relation_size(oid::oid), 0)::bigint AS bytes
               FROM unnest($1::bigint[]) WITH ORDINALITY AS given (oid, place)`,
      values: [some.map(({ oid }) => oid)],
    });
    for (const { place, bytes } of rows) {
      const name = some[place - 1]?.name ?? '';
      bytesOf.set(name, (bytesOf.get(name) ?? 0) + bytes);
    }
  }
  return bytesOf;
}

/** What counts against the budget. */
export function countedBytes(parts: readonly PartBytes[]): number {
  return sum(parts.filter(({ fate }) => fate !== 'apart').map(({ bytes }) => bytes));
}

/** The most that the log of the embedded database takes as a rule: its limit, and what a burst adds to it. */
export const logReserveBytes = 320 * 1024 * 1024;

/** What counts without the log of the database, which deleting rows makes larger for a while. */
export function keptBytes(parts: readonly PartBytes[]): number {
  return countedBytes(parts.filter(({ name }) => name !== 'database log'));
}

const leastBudget = 5_000_000_000;

/** The budget of a home: what the setting says, else a tenth of its disk, at least 5 GB. */
export function budgetOf(maxBytes: number | null, disk: Disk): number {
  return maxBytes ?? Math.max(leastBudget, Math.round(disk.totalBytes / 10));
}

/** A disk as `statfs` tells it, for a user without privileges. */
export interface Disk {
  totalBytes: number;
  freeBytes: number;
}

/** The disk that a folder lies on. */
export async function readDisk(folder: string): Promise<Disk> {
  const { blocks, bavail, bsize } = await statfs(folder);
  return { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
