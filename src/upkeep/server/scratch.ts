import { messageOf } from '../../lib/errors.ts';
import type { Store } from '../../lib/store/store.ts';
import { BackupError } from '../backup/failure.ts';
import { isGone, ownMark } from '../backup/leftovers.ts';
import { withServer } from './dump.ts';

const prefix = 'ninjad_drill_';
const shape = /^ninjad_drill_(?<host>[0-9a-f]{8})_(?<pid>\d+)$/;

/**
 * Makes a database beside the one of `url` for a drill, and drops it afterwards, whatever comes. Those of drills of this machine
 * that were killed go first. Throws a `BackupError` where the role may make none.
 */
export async function withScratchDatabase<T>(url: string, work: (url: string) => Promise<T>): Promise<T> {
  const { host, pid } = ownMark();
  const name = `${prefix}${host}_${pid}`;
  await withServer(url, async (store) => {
    await dropLeft(store);
    await store.query({ text: `CREATE DATABASE ${name} TEMPLATE template0` }).catch((cause: unknown) => {
      throw new BackupError(
        'failed',
        `a drill needs a database of its own on the server, and it cannot be made: ${messageOf(cause)}; allow it with ALTER ROLE … CREATEDB`,
        { cause },
      );
    });
  });
  try {
    const scratch = new URL(url);
    scratch.pathname = `/${name}`;
    return await work(scratch.href);
  } finally {
    await withServer(url, (store) => drop(store, name));
  }
}

async function dropLeft(store: Store): Promise<void> {
  const { rows } = await store.query<{ name: string }>({
    text: `SELECT datname AS name FROM pg_database WHERE datname LIKE '${prefix}%'`,
  });
  for (const { name } of rows) {
    const mark = shape.exec(name)?.groups;
    if (mark !== undefined && isGone({ host: mark['host'], pid: Number(mark['pid']) }))
      await drop(store, name);
  }
}

async function drop(store: Store, name: string): Promise<void> {
  await store.query({ text: `DROP DATABASE IF EXISTS ${name} WITH (FORCE)` });
}
