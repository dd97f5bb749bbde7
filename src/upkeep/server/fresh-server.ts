import { countRows } from '../../lib/store/count-rows.ts';
import { libpqAddress } from '../../lib/store/libpq-address.ts';
import { publicUrl } from '../../lib/store/database-target.ts';
import { createPool } from '../../lib/store/pool.ts';
import type { Tx } from '../../lib/store/store.ts';
import type { OpenDatabase } from '../backup/copy-database.ts';
import { differences } from '../backup/differences.ts';
import { BackupError } from '../backup/failure.ts';
import type { Manifest } from '../backup/manifest.ts';
import { contentsOf } from './count-dump.ts';
import { serverVersion, withServer } from './dump.ts';
import { runTool } from './run-tool.ts';
import { fittingTool } from './tools.ts';
import { noteUnfinished, readUnfinished, type Unfinished } from './unfinished.ts';

/** An empty database on a server that a dump may go into, or one that a restore of the same archive has begun with. */
export interface FreshServer {
  /**
   * Loads a dump, all or nothing, and gives the database; one that was loaded before is given as it is. Throws a
   * `BackupError`.
   */
  load: OpenDatabase;
  /** How far a restore of the archive had come that was killed; undefined where this is the first. */
  before: Unfinished | undefined;
}

/**
 * Looks whether a database on a server can take the dump of an archive: it has to be empty or to have just this dump from a
 * restore that was killed, and neither it nor pg_restore may be older than what made the dump. Throws a `BackupError` where it
 * cannot, with nothing changed.
 */
export async function freshServer(
  url: string,
  { database: { server, dumpedBy }, payload: { sha256 } }: Pick<Manifest, 'database' | 'payload'>,
): Promise<FreshServer> {
  const wanted = Number.parseInt(server, 10);
  const { version, before } = await withServer(url, async (store) => ({
    before: await whatIsThere(store, { url, archive: sha256 }),
    version: await serverVersion(store),
  }));
  if (version < wanted)
    throw new BackupError(
      'failed',
      `the backup is of PostgreSQL ${wanted}, and ${publicUrl({ kind: 'server', url })} is the older ${version}: name a database of a server as new`,
    );
  const tool = await fittingTool('pg_restore', {
    atLeast: dumpedBy ?? wanted,
    why: `the dump was made by pg_dump ${dumpedBy ?? wanted}`,
  });
  return {
    before,
    async load(dump) {
      if (before !== undefined) {
        const store = createPool({ kind: 'server', url }, { max: 1, statementTimeoutMs: 0 });
        return { store, close: () => store.end() };
      }
      const address = libpqAddress(url);
      const contents = await contentsOf(tool, dump);
      const store = createPool({ kind: 'server', url }, { max: 1, statementTimeoutMs: 0 });
      try {
        await requireExtensions(store, extensionsOf(contents), version);
        await noteUnfinished(store, { archive: sha256, at: new Date().toISOString() });
        await runTool(tool, {
          args: [
            ...['--exit-on-error', '--single-transaction', '--no-owner', '--no-privileges', '--no-password'],
            // Whoever owns a database need not own its extensions, whose comments would be refused.
            '--no-comments',
            `--dbname=${address.url}`,
            dump,
          ],
          env: address.env,
        });
      } catch (thrown) {
        await store.end();
        throw thrown;
      }
      return { store, close: () => store.end() };
    },
  };
}

/** What a restore has begun with here; undefined in an empty database. Throws where somebody's tables are there. */
async function whatIsThere(
  store: Tx,
  { url, archive }: { url: string; archive: string },
): Promise<Unfinished | undefined> {
  const { rows } = await store.query<{ count: number; first: string | null }>({
    text: `SELECT count(*) AS count, min(n.nspname || '.' || c.relname) AS first
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')`,
  });
  const found = rows[0];
  if (found === undefined || found.count === 0) return undefined;
  const name = publicUrl({ kind: 'server', url });
  const unfinished = await readUnfinished(store);
  if (unfinished?.archive === archive && (await isUntouched(store, unfinished))) return unfinished;
  if (unfinished !== undefined)
    throw new BackupError(
      'failed',
      `${name} has what a restore began at ${unfinished.at} and did not end${unfinished.archive === archive ? ', and somebody has used it since' : ', of another archive'}: remove and make it anew with dropdb and createdb, and run this again`,
    );
  throw new BackupError(
    'failed',
    `${name} is not empty (it has ${found.first ?? 'tables'}): a backup goes into a fresh database only; make one with createdb and name it with --database`,
  );
}

/** A daemon that has worked on what was settled leaves other rows. */
async function isUntouched(store: Tx, { done }: Unfinished): Promise<boolean> {
  return done === undefined || differences(done.counts, await countRows(store)).length === 0;
}

/** The extensions that a dump makes, from the list of what is in it. */
export function extensionsOf(contents: string): string[] {
  return [...contents.matchAll(/^\d+; \d+ \d+ EXTENSION - (\S+)/gm)].map(([, name = '']) => name);
}

async function requireExtensions(store: Tx, names: readonly string[], version: number): Promise<void> {
  const { rows } = await store.query<{ name: string }>({
    text: `SELECT wanted.name FROM unnest($1::text[]) AS wanted (name)
            WHERE NOT EXISTS (SELECT FROM pg_available_extensions available WHERE available.name = wanted.name)`,
    values: [names],
  });
  const [missing] = rows;
  if (missing === undefined) return;
  const from = missing.name === 'vector' ? `postgresql-${version}-pgvector` : 'its contrib package';
  throw new BackupError(
    'failed',
    `the server has no extension ${missing.name}, which the backup needs: install ${from} there`,
  );
}
