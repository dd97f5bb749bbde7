import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import { packagePath } from '../package-root.ts';
import { inspectDataFolder } from './data-folder.ts';
import { MigrationError, pendingMigrations, requireExtensions } from './migrate.ts';
import { loadMigrations } from './migrations.ts';
import { whyNewerFolder } from './schema-note.ts';
import { publicUrl } from './database-target.ts';
import { createPool } from './pool.ts';
import { type CheckResult, fail, ok, warn } from '../doctor/check-result.ts';
import type { ValuesOf } from '../config/schema.ts';
import { type Checks, settingOf, type Subject } from '../doctor/subject.ts';
import type { storeSettings } from './settings.ts';

type StoreSubject = Subject<
  { database: { kind: string; state: string; lastError?: string | null } },
  ValuesOf<typeof storeSettings>
>;

const embeddedMajor = '18';
const newerAdvice = 'see there; a daemon of this version takes lines and keeps them, and does nothing else';

/** Checks of the database. */
export const storeChecks: Checks<StoreSubject> = { database: checkDatabase, 'other data': checkLeftData };

/** The database: the embedded one's packages and folder, or the server, with the two extensions; and its state where a daemon runs. */
export async function checkDatabase(subject: StoreSubject): Promise<CheckResult> {
  const { daemon } = subject;
  if (daemon.state === 'running' && daemon.status.database.state !== 'ready') {
    const { kind, state, lastError } = daemon.status.database;
    if (state === 'parked')
      return fail(
        `${kind}, parked: ${lastError ?? 'its schema does not fit'}`,
        'a schema that this ninjad knows and can bring up to date',
        'see there; events are kept meanwhile, and ninjad upgrade --check says what fits',
      );
    return fail(
      `${kind}, ${state}: ${lastError ?? 'no error so far'}`,
      'ready',
      'events are kept meanwhile; it is tried again by itself',
    );
  }
  const url = settingOf(subject, 'database.url', null);
  return url === null ? checkEmbedded(subject) : await checkServer(url);
}

function checkEmbedded({ paths, daemon }: StoreSubject): CheckResult {
  const wanted = dependencies();
  const packages = ['@electric-sql/pglite', '@electric-sql/pglite-pgvector'] as const;
  const found = packages
    .map((name) => `${name.slice('@electric-sql/'.length)} ${installed(name) ?? 'missing'}`)
    .join(', ');
  if (packages.some((name) => installed(name) !== wanted[name])) {
    const expected = packages.map((name) => `${name} ${wanted[name] ?? '?'}`).join(', ');
    return fail(
      found,
      expected,
      'run npm ci: only these versions fit each other, and our sync hook reaches into them',
    );
  }
  const folder = inspectDataFolder(paths.pg);
  if (folder.kind === 'damaged')
    return fail(folder.problem, 'a database, or an empty folder', 'see there; events are kept meanwhile');
  const data = versionOf(paths.pg);
  if (data !== undefined && data !== embeddedMajor)
    return fail(
      `${paths.pg} was made by Postgres ${data}`,
      `Postgres ${embeddedMajor}`,
      'restore a backup into a new home',
    );
  const newer = whyNewerFolder(paths.pg, loadMigrations());
  if (newer !== undefined) return fail(newer, 'a schema that this ninjad knows', newerAdvice);
  if (daemon.state === 'running')
    return ok(`embedded, ready; ${found}; at its start it has proved that commits reach the disk`);
  return ok(`embedded; ${found}${data === undefined ? '; made at the first start' : ''}`);
}

async function checkServer(url: string): Promise<CheckResult> {
  const shown = publicUrl({ kind: 'server', url });
  const store = createPool(
    { kind: 'server', url },
    { max: 1, connectTimeoutMs: 5_000, statementTimeoutMs: 5_000 },
  );
  try {
    const { rows } = await store.query<{ version: string }>({
      text: `SELECT current_setting('server_version') AS version`,
    });
    try {
      await requireExtensions(store);
    } catch (thrown) {
      return fail(
        `${shown}, PostgreSQL ${rows[0]?.version ?? '?'}: ${messageOf(thrown)}`,
        'pgvector and pg_trgm',
        'install it; Debian 12 itself has no package of pgvector, PostgreSQL’s own archive (apt.postgresql.org) has',
      );
    }
    try {
      await pendingMigrations(store, loadMigrations(), `the database ${shown}`);
    } catch (thrown) {
      if (!(thrown instanceof MigrationError)) throw thrown;
      return fail(thrown.message, 'a schema that this ninjad knows', newerAdvice);
    }
    return ok(`${shown}, PostgreSQL ${rows[0]?.version ?? '?'}, with pgvector and pg_trgm`);
  } catch (thrown) {
    return fail(
      `${shown}: ${messageOf(thrown)}`,
      'a server that answers',
      'check DATABASE_URL and the server; or unset it for the embedded database',
    );
  } finally {
    await store.end();
  }
}

/** A daemon on the embedded database and one on a server do not share anything. */
export function checkLeftData(subject: StoreSubject): CheckResult {
  const url = settingOf(subject, 'database.url', null);
  if (url === null || versionOf(subject.paths.pg) === undefined) return ok('one database');
  return warn(
    `${subject.paths.pg} holds an embedded database that is not used`,
    'one database',
    'its tasks and memories are not in the server: unset DATABASE_URL to see them',
  );
}

function versionOf(dataDir: string): string | undefined {
  const file = join(dataDir, 'PG_VERSION');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

function dependencies(): Readonly<Record<string, string>> {
  return readPackage(packagePath('package.json')).dependencies ?? {};
}

/** The version of a package as Node would find it from here, or undefined. */
function installed(name: string): string | undefined {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const file = folders.map((folder) => join(folder, name, 'package.json')).find((path) => existsSync(path));
  return file === undefined ? undefined : readPackage(file).version;
}

function readPackage(file: string) {
  return JSON.parse(readFileSync(file, 'utf8')) as {
    version?: string;
    dependencies?: Record<string, string>;
  };
}
