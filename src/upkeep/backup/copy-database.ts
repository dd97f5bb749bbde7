import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Store } from '../../lib/store/store.ts';
import { folderBeside, sweepLeftovers } from './leftovers.ts';

/** A database that only we use, and that ends with `close`. */
export interface OwnDatabase {
  store: Store;
  close(): Promise<void>;
}

/** Starts a database on a folder that nobody else has. */
export type OpenDatabase = (dataDir: string) => Promise<OwnDatabase>;

/** Starts it, does something with it and ends it, whatever comes. */
export async function withDatabase<T>(
  open: OpenDatabase,
  dataDir: string,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const database = await open(dataDir);
  try {
    return await work(database.store);
  } finally {
    await database.close();
  }
}

/** A folder beside a path, for what takes as much room as that; it is gone afterwards. */
export async function withFolderBeside<T>(path: string, work: (folder: string) => Promise<T>): Promise<T> {
  await sweepLeftovers(dirname(path));
  const folder = await folderBeside(path, 'look');
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
