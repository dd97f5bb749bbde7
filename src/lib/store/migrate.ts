import { messageOf, NinjadError } from '../errors.ts';
import { type Migration, migrationLabel } from './migrations.ts';
import { zoneName } from '../local-time.ts';
import { programLabel } from '../version.ts';
import { isPassing, storeAway } from './outage.ts';
import type { Store, Tx } from './store.ts';

/**
 * The schema and this code do not fit together, and waiting will not help.
 * Codes: `BACKUP_BEFORE_FAILED`, `PGVECTOR_MISSING`, `PG_TRGM_MISSING`, `MIGRATION_CHANGED`, `DATABASE_NEWER`, `MIGRATION_OUT_OF_ORDER`, `MIGRATION_FAILED`.
 */
export class MigrationError extends NinjadError {
  readonly isPermanent = true;
}

interface LedgerRow {
  version: number;
  name: string;
  checksum: string;
  /** The program that applied it; null where an older one did. */
  writtenBy: string | null;
}

export interface MigrateOptions {
  /** What is migrated, for people. Default `the database`. */
  store?: string;
  /** Called before the first migration of a database that has some; not for a new one. A rejection leaves all as it was. */
  before?: (pending: readonly Migration[]) => Promise<void>;
}

/** Any constant will do as long as every ninjad uses the same one: it keeps two of them from migrating at once. */
const migrationLockKey = 7_717_000_001;

/**
 * Brings the database up to the given migrations and returns the labels of those it applied.
 * Each one runs in a transaction of its own that takes an advisory lock and looks at the ledger first, so two
 * daemons may migrate at once: the second waits, then finds nothing to do. A cast from an instant to a day in a migration
 * gives the day of this process's time zone. Throws `MigrationError`, or `StoreAwayError`.
 */
export async function migrate(
  store: Store,
  migrations: readonly Migration[],
  now: Date,
  { store: what = 'the database', before }: MigrateOptions = {},
): Promise<string[]> {
  const applied: string[] = [];
  try {
    if (before !== undefined) {
      const pending = await pendingMigrations(store, migrations, what);
      if (pending.length > 0 && pending.length < migrations.length) await before(pending);
    }
    for (;;) {
      const label = await store.transaction((tx) => applyNext(tx, migrations, { now, what }));
      if (label === undefined) return applied;
      applied.push(label);
    }
  } catch (thrown) {
    throw storeAway(thrown) ?? thrown;
  }
}

/** What `migrate` would apply. Throws a `MigrationError` where the database and this program do not fit. */
export async function pendingMigrations(
  store: Tx,
  migrations: readonly Migration[],
  what = 'the database',
): Promise<Migration[]> {
  const ledger = (await hasLedger(store)) ? await readLedger(store) : [];
  if (nextMigration(ledger, migrations, what) === undefined) return [];
  const done = new Set(ledger.map(({ version }) => version));
  return migrations.filter(({ version }) => !done.has(version));
}

async function applyNext(
  tx: Tx,
  migrations: readonly Migration[],
  { now, what }: { now: Date; what: string },
): Promise<string | undefined> {
  await tx.query({ text: 'SELECT pg_advisory_xact_lock($1)', values: [migrationLockKey] });
  if (!(await hasLedger(tx))) await createLedger(tx);
  const ledger = await readLedger(tx);
  const next = nextMigration(ledger, migrations, what);
  if (next === undefined) return undefined;
  await tx.query({
    text: 'INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)',
    values: [next.version, next.name, next.checksum, now],
  });
  try {
    await useOwnZone(tx);
    await tx.query({ text: next.sql });
    await noteWriter(tx, next);
  } catch (thrown) {
    if (isPassing(thrown)) throw thrown;
    throw new MigrationError(
      'MIGRATION_FAILED',
      `migration ${migrationLabel(next)} failed: ${messageOf(thrown)}`,
      {
        cause: thrown,
      },
    );
  }
  return migrationLabel(next);
}

/** A server that does not know the zone keeps its own. */
async function useOwnZone(tx: Tx): Promise<void> {
  await tx.query({
    text: `DO $$ BEGIN
             PERFORM set_config('TimeZone', '${zoneName().replaceAll("'", "''")}', true);
           EXCEPTION WHEN invalid_parameter_value THEN NULL;
           END $$`,
  });
}

async function hasLedger(tx: Tx): Promise<boolean> {
  const { rows } = await tx.query<{ ledger: string | null }>({
    text: `SELECT to_regclass('schema_migrations') AS ledger`,
  });
  return rows[0]?.ledger != null;
}

async function createLedger(tx: Tx): Promise<void> {
  await tx.query({
    text: `CREATE TABLE schema_migrations (
      version integer CONSTRAINT schema_migrations_pkey PRIMARY KEY,
      name text NOT NULL,
      checksum text NOT NULL,
      applied_at timestamptz NOT NULL,
      written_by text
    )`,
  });
}

/** The ledger of a database that an older program made has no writers. */
async function noteWriter(tx: Tx, { version }: Migration): Promise<void> {
  const { rows } = await tx.query<{ has: boolean }>({
    text: `SELECT EXISTS (SELECT FROM pg_attribute
                           WHERE attrelid = 'schema_migrations'::regclass AND attname = 'written_by') AS has`,
  });
  if (rows[0]?.has !== true) return;
  await tx.query({
    text: 'UPDATE schema_migrations SET written_by = $2 WHERE version = $1',
    values: [version, programLabel()],
  });
}

async function readLedger(tx: Tx): Promise<LedgerRow[]> {
  const { rows } = await tx.query<LedgerRow>({
    text: `SELECT version, name, checksum, to_jsonb(ledger) ->> 'written_by' AS "writtenBy"
             FROM schema_migrations AS ledger ORDER BY version`,
  });
  return rows;
}

function nextMigration(
  ledger: readonly LedgerRow[],
  migrations: readonly Migration[],
  what: string,
): Migration | undefined {
  const known = new Map(migrations.map((migration) => [migration.version, migration]));
  for (const row of ledger) {
    const migration = known.get(row.version);
    if (migration === undefined) throw newerDatabase(ledger, migrations, what);
    if (migration.checksum !== row.checksum) throw changedMigration(row);
  }
  const newest = ledger.at(-1)?.version ?? 0;
  const done = new Set(ledger.map((row) => row.version));
  const next = migrations.find((migration) => !done.has(migration.version));
  if (next !== undefined && next.version < newest) {
    throw new MigrationError(
      'MIGRATION_OUT_OF_ORDER',
      `migration ${migrationLabel(next)} was added behind version ${newest}, which this database already has; give it a later number`,
    );
  }
  return next;
}

function newerDatabase(
  ledger: readonly LedgerRow[],
  migrations: readonly Migration[],
  what: string,
): MigrationError {
  const known = migrations.at(-1);
  const [newest] = ledger.slice(-1);
  return new MigrationError(
    'DATABASE_NEWER',
    newerSentence({
      what,
      found: newest === undefined ? 'none' : migrationLabel(newest),
      knows: known === undefined ? 'none' : migrationLabel(known),
      writer: newest?.writtenBy ?? null,
    }),
  );
}

/** Says which store is newer than this program, what was found and wanted, who wrote it, and what to do. */
export function newerSentence(facts: {
  what: string;
  found: string;
  knows: string;
  writer: string | null;
}): string {
  const { what, found, knows, writer } = facts;
  const by = writer === null ? '' : `, written by ${writer}`;
  return (
    `${what} has the schema ${found}${by}, and this is ${programLabel()}, which knows up to ${knows}: ` +
    `run ${writer === null ? 'the newer ninjad' : 'that one'} instead, or install it here (npm install --global ninjad@latest), or restore a backup of before the upgrade`
  );
}

function changedMigration(row: LedgerRow): MigrationError {
  return new MigrationError(
    'MIGRATION_CHANGED',
    `migration ${migrationLabel(row)} differs from the one this database was made with; migrations are never edited after they land`,
  );
}

/** Throws `MigrationError` with what to install when the server lacks an extension that the schema is built on. */
export async function requireExtensions(store: Tx): Promise<void> {
  const { rows } = await store.query<{ name: string; version: string }>({
    text: `SELECT wanted.name, split_part(current_setting('server_version'), '.', 1) AS version
      FROM (VALUES ('vector'), ('pg_trgm')) AS wanted (name)
      WHERE NOT EXISTS (SELECT FROM pg_available_extensions available WHERE available.name = wanted.name)`,
  });
  for (const { name, version } of rows) {
    throw name === 'vector' ? missingPgvector(version) : missingTrigrams(version);
  }
}

function missingPgvector(version: string): MigrationError {
  return new MigrationError(
    'PGVECTOR_MISSING',
    `this PostgreSQL ${version} server has no pgvector; install it (Debian and Ubuntu: apt install postgresql-${version}-pgvector ` +
      `from apt.postgresql.org, macOS: brew install pgvector, others: github.com/pgvector/pgvector), or unset DATABASE_URL to use the embedded database`,
  );
}

function missingTrigrams(version: string): MigrationError {
  return new MigrationError(
    'PG_TRGM_MISSING',
    `this PostgreSQL ${version} server has no pg_trgm; install its contrib package (Debian and Ubuntu: postgresql-contrib)`,
  );
}
