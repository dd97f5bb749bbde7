import { messageOf, NinjadError } from '../errors.ts';
import { type Migration, migrationLabel } from './migrations.ts';
import { zoneName } from '../local-time.ts';
import { isPassing, storeAway } from './outage.ts';
import type { Store, Tx } from './store.ts';

/**
 * The schema and this code do not fit together, and waiting will not help.
 * Codes: `PGVECTOR_MISSING`, `PG_TRGM_MISSING`, `MIGRATION_CHANGED`, `DATABASE_NEWER`, `MIGRATION_OUT_OF_ORDER`, `MIGRATION_FAILED`.
 */
export class MigrationError extends NinjadError {}

interface LedgerRow {
  version: number;
  name: string;
  checksum: string;
}

/** Any constant will do as long as every ninjad uses the same one: it keeps two of them from migrating at once. */
const migrationLockKey = 7_717_000_001;

/**
 * Brings the database up to the given migrations and returns the labels of those it applied.
 * Each one runs in a transaction of its own that takes an advisory lock and looks at the ledger first, so two
 * daemons may migrate at once: the second waits, then finds nothing to do. A cast from an instant to a day in a migration
 * gives the day of this process's time zone. Throws `MigrationError`, or `StoreAwayError`.
 */
export async function migrate(store: Store, migrations: readonly Migration[], now: Date): Promise<string[]> {
  const applied: string[] = [];
  try {
    for (;;) {
      const label = await store.transaction((tx) => applyNext(tx, migrations, now));
      if (label === undefined) return applied;
      applied.push(label);
    }
  } catch (thrown) {
    throw storeAway(thrown) ?? thrown;
  }
}

async function applyNext(tx: Tx, migrations: readonly Migration[], now: Date): Promise<string | undefined> {
  await tx.query({ text: 'SELECT pg_advisory_xact_lock($1)', values: [migrationLockKey] });
  const ledger = await readLedger(tx);
  const next = nextMigration(ledger, migrations);
  if (next === undefined) return undefined;
  await tx.query({
    text: 'INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)',
    values: [next.version, next.name, next.checksum, now],
  });
  try {
    await useOwnZone(tx);
    await tx.query({ text: next.sql });
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

async function readLedger(tx: Tx): Promise<LedgerRow[]> {
  const found = await tx.query<{ ledger: string | null }>({
    text: `SELECT to_regclass('schema_migrations') AS ledger`,
  });
  if (found.rows[0]?.ledger == null) {
    await tx.query({
      text: `CREATE TABLE schema_migrations (
        version integer CONSTRAINT schema_migrations_pkey PRIMARY KEY,
        name text NOT NULL,
        checksum text NOT NULL,
        applied_at timestamptz NOT NULL
      )`,
    });
  }
  const { rows } = await tx.query<LedgerRow>({
    text: 'SELECT version, name, checksum FROM schema_migrations ORDER BY version',
  });
  return rows;
}

function nextMigration(
  ledger: readonly LedgerRow[],
  migrations: readonly Migration[],
): Migration | undefined {
  const known = new Map(migrations.map((migration) => [migration.version, migration]));
  for (const row of ledger) {
    const migration = known.get(row.version);
    if (migration === undefined) throw newerDatabase(row, migrations);
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

function newerDatabase(row: LedgerRow, migrations: readonly Migration[]): MigrationError {
  const newestKnown = migrations.at(-1);
  const known = newestKnown === undefined ? 'none' : migrationLabel(newestKnown);
  return new MigrationError(
    'DATABASE_NEWER',
    `the database has migration ${migrationLabel(row)}, which this ninjad does not know (it knows up to ${known}); update ninjad`,
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
