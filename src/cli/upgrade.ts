import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { homePaths, type HomePaths, userHomeFrom } from '../lib/config/paths.ts';
import { messageOf, NinjadError, UsageError } from '../lib/errors.ts';
import { acquireLock } from '../lib/process/lock.ts';
import { publicUrl } from '../lib/store/database-target.ts';
import { loadMigrations, migrationLabel } from '../lib/store/migrations.ts';
import { createPool } from '../lib/store/pool.ts';
import type { Tx } from '../lib/store/store.ts';
import { packageCommit, packageVersion } from '../lib/version.ts';
import { createSettings, type LiveSettings } from '../settings.ts';
import { withDatabase } from '../upkeep/backup/copy-database.ts';
import { checkService } from '../upkeep/service/check-service.ts';
import { type RoomForBackup, roomForBackup, schemaOutlook, type SchemaOutlook } from '../upkeep/upgrade.ts';
import { openOwnDatabase } from '../wiring/own-database.ts';
import { backupFolder } from './backup/places.ts';
import { connect, currentPaths } from './connect.ts';
import { exitCodes } from './failure.ts';
import { printJson, printLines } from './print.ts';

/** What `ninjad upgrade --check --json` prints. */
interface UpgradeCheck {
  program: { version: string; commit: string | null; node: string };
  /** The daemon that runs on this home now. */
  running: { version: string; pid: number } | null;
  store: { kind: 'embedded' | 'server'; name: string };
  schema: SchemaOutlook;
  /** The backup before the schema changes; null where none is made. */
  backup: RoomForBackup | null;
  config: { renamed: { old: string; name: string }[] };
  service: { verdict: string; found: string; advice: string | null };
}

const otherVersion = 6;

const help = `
An upgrade is: npm install --global ninjad@latest, then ninjad service restart (or start ninjad up anew). The new program
backs the home up and brings the schema up to date when it starts; there is no way back but that backup.
With --check the program that you call says what it would do to this home, and changes nothing. To ask a newer one before
it is installed: npx --package=ninjad@latest ninjad upgrade --check

Exit status: 0 it fits, 1 something stands in the way, 6 the home was written by a newer version.
`;

/** `ninjad upgrade --check`. */
export function upgradeCommand(): Command {
  return new Command('upgrade')
    .description('say what this version would change in the home')
    .option('--check', 'look and change nothing')
    .option('--json', 'print it as JSON')
    .addHelpText('after', help)
    .action(async ({ check, json }: { check?: true; json?: true }) => {
      if (check !== true)
        throw new UsageError(
          'an upgrade is npm install --global ninjad@latest, and then ninjad service restart; --check says before what it would change',
        );
      const outcome = await look(currentPaths());
      if (json === true) printJson(outcome);
      else printLines(lines(outcome));
      if (outcome.schema.problem !== null) process.exitCode = otherVersion;
      else if (outcome.backup?.isEnough === false) process.exitCode = exitCodes.failed;
    });
}

async function look(paths: HomePaths): Promise<UpgradeCheck> {
  const settings = createSettings({ configFile: paths.configFile, env: process.env });
  const url = settings.get('database.url');
  const name =
    url === null
      ? `the embedded database in ${paths.pg}`
      : `the database ${publicUrl({ kind: 'server', url })}`;
  const running = await whoRuns(paths);
  const schema = await withStore({ paths, url, running }, (store) =>
    schemaOutlook(store, loadMigrations(), name),
  );
  const needsBackup = url === null && schema.pending.length > 0 && schema.found !== null;
  return {
    program: { version: packageVersion(), commit: packageCommit() ?? null, node: process.version },
    running,
    store: { kind: url === null ? 'embedded' : 'server', name },
    schema,
    backup:
      needsBackup && settings.get('backup.beforeUpgrade')
        ? await roomForBackup(paths.pg, backupFolder(paths, settings))
        : null,
    config: { renamed: settings.renamed() },
    service: serviceOf(paths, settings),
  };
}

async function whoRuns(paths: HomePaths): Promise<UpgradeCheck['running']> {
  try {
    const { version, pid } = await connect(paths).ask('status.get', {});
    return { version, pid };
  } catch (thrown) {
    if (thrown instanceof NinjadError && thrown.code === 'NOT_RUNNING') return null;
    throw thrown;
  }
}

/** The database by the daemon that runs, by its server, or started beside for a moment. */
async function withStore(
  { paths, url, running }: { paths: HomePaths; url: string | null; running: UpgradeCheck['running'] },
  work: (store: Tx) => Promise<SchemaOutlook>,
): Promise<SchemaOutlook> {
  if (url !== null) {
    const pool = createPool(
      { kind: 'server', url },
      { max: 1, connectTimeoutMs: 5_000, statementTimeoutMs: 5_000 },
    );
    return work(pool).finally(() => pool.end());
  }
  if (running !== null) {
    const pool = createPool({ kind: 'embedded', socketDir: homePaths(paths.home).sockets }, { max: 1 });
    return work(pool).finally(() => pool.end());
  }
  if (!existsSync(paths.pg)) return newDatabase();
  const lock = acquireLock(paths.lock);
  try {
    return await withDatabase(openOwnDatabase, paths.pg, work);
  } finally {
    lock.release();
  }
}

function newDatabase(): SchemaOutlook {
  const labels = loadMigrations().map(migrationLabel);
  return { found: null, writtenBy: null, knows: labels.at(-1) ?? 'none', pending: labels, problem: null };
}

function serviceOf(paths: HomePaths, settings: LiveSettings): UpgradeCheck['service'] {
  try {
    const { verdict, found, advice } = checkService({
      paths,
      settings,
      env: process.env,
      userHome: userHomeFrom(process.env),
    });
    return { verdict, found, advice: advice ?? null };
  } catch (thrown) {
    return { verdict: 'warn', found: messageOf(thrown), advice: null };
  }
}

const mb = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;

function lines({ program, running, store, schema, backup, config, service }: UpgradeCheck): string[] {
  const { found, knows, pending, problem } = schema;
  const commit = program.commit === null ? '' : ` (${program.commit})`;
  return [
    `program   ninjad ${program.version}${commit}, node ${program.node}`,
    `running   ${running === null ? 'no daemon' : `ninjad ${running.version}, pid ${running.pid}`}`,
    ...(problem === null
      ? [
          `schema    ${store.name}: ${found ?? 'none yet'} -> ${knows}`,
          ...(pending.length === 0
            ? ['          nothing to apply']
            : pending.map((label) => `          + ${label}`)),
        ]
      : [`schema    ${problem}`]),
    ...(backup === null
      ? []
      : [
          `backup    before it, into ${backup.folder}: up to ${mb(backup.bytes)}, about ${backup.seconds} s; ${mb(backup.freeBytes)} free${
            backup.isEnough ? '' : ': NOT ENOUGH, so the upgrade waits; make room or set backup.dir'
          }`,
        ]),
    ...config.renamed.map(
      ({ old, name }) => `config    ${old} is called ${name} now; the old name still works`,
    ),
    `service   ${service.found}${service.verdict === 'ok' || service.advice === null ? '' : `; ${service.advice}`}`,
  ];
}
