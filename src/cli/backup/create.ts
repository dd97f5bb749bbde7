import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import type { HomePaths } from '../../lib/config/paths.ts';
import { NinjadError, UsageError } from '../../lib/errors.ts';
import { behindOthers } from '../../lib/process/behind-others.ts';
import { publicUrl } from '../../lib/store/database-target.ts';
import { isSecretSetting } from '../../settings.ts';
import { coldSource, restingHome } from '../../upkeep/backup/cold-source.ts';
import { createBackup } from '../../upkeep/backup/create.ts';
import { liveSource } from '../../upkeep/backup/live-source.ts';
import type { Source } from '../../upkeep/backup/source.ts';
import { requireReady } from '../../upkeep/backup/while-away.ts';
import { serverSource } from '../../upkeep/server/server-source.ts';
import { openOwnDatabase } from '../../wiring/own-database.ts';
import { connect, currentPaths, type DaemonClient } from '../connect.ts';
import { exitCodeOf, exitCodes } from '../failure.ts';
import { printJson, printLines } from '../print.ts';
import { BackupError } from '../../upkeep/backup/failure.ts';
import { backupFolder, makeBackupFolder, settingsOf } from './places.ts';

interface CreateCliOptions {
  withSecrets?: true;
  json?: true;
}

const help = `
TO is a folder, or the archive's own path where it ends in .tar; by default the setting backup.dir.
The path of the archive goes to stdout once it was read back whole.
A database on a server (DATABASE_URL) is dumped by a pg_dump that is at least as new as the server.
`;

/** `ninjad backup create`. */
export function createCommand(): Command {
  return new Command('create')
    .description('make a backup while the daemon works, or of a home that rests')
    .argument('[to]', 'a folder, or a path that ends in .tar')
    .option('--with-secrets', 'take the token of the dashboard and secret settings along')
    .option('--json', 'print what was made as JSON')
    .addHelpText('after', help)
    .action(async (to: string | undefined, { withSecrets, json }: CreateCliOptions) => {
      behindOthers();
      if (to === '-')
        throw new UsageError(
          'a backup is no stream, since its beginning is written last: name a folder, or a path that ends in .tar',
        );
      const paths = currentPaths();
      if (!existsSync(paths.pg) && !existsSync(paths.journal))
        throw new UsageError(`there is no home at ${paths.home}: set NINJAD_HOME`);
      const settings = settingsOf(paths);
      const place = to === undefined ? makeBackupFolder(backupFolder(paths, settings)) : resolve(to);
      const { source, made } = await sourceOf(paths, { url: settings.get('database.url'), to: place });
      const { path, manifest } = await createBackup({
        paths,
        source,
        to: place,
        withSecrets: withSecrets === true,
        isSecret: isSecretSetting,
        openDatabase: openOwnDatabase,
        now: () => new Date(),
      });
      await made(path);
      const { files, ...rest } = manifest;
      if (json === true) printJson({ path, ...rest, files: files.length });
      else printLines([path]);
      if (manifest.unread.length === 0) return;
      const names = manifest.unread.map((one) => `${one.path} (${one.why})`).join(', ');
      process.stderr.write(`ninjad: the backup lacks what could not be read: ${names}\n`);
      process.exitCode = exitCodeOf(new BackupError('incomplete', names));
    });
}

interface ChosenSource {
  source: Source;
  made: (archive: string) => Promise<void>;
}

/** The running daemon, or the files where none runs; and the dump of the server where the database is on one. */
async function sourceOf(
  paths: HomePaths,
  { url, to }: { url: string | null; to: string },
): Promise<ChosenSource> {
  const beside = to.endsWith('.tar') ? to : join(to, 'dump');
  const client: DaemonClient = connect(paths);
  const status = await client.ask('status.get', {}).catch((thrown: unknown) => {
    if (exitCodeOf(thrown) !== exitCodes.notRunning) throw thrown;
    return undefined;
  });
  if (status === undefined) {
    const nothing = () => Promise.resolve({});
    const source =
      url === null
        ? coldSource(paths, openOwnDatabase)
        : serverSource(restingHome(paths, nothing), { url, to: beside });
    return { source, made: () => Promise.resolve() };
  }
  requireSameDatabase(status.database, url);
  requireReady(status.database);
  const source = liveSource(client.ask, paths);
  return { source: url === null ? source : serverSource(source, { url, to: beside }), made: source.made };
}

/** The daemon may have been started with another DATABASE_URL than this command. */
function requireSameDatabase(daemon: { kind: string; url: string }, url: string | null): void {
  const own = url === null ? undefined : publicUrl({ kind: 'server', url });
  if (daemon.kind === 'embedded' ? own === undefined : own === daemon.url) return;
  const theirs = daemon.kind === 'embedded' ? 'the embedded database' : `the database ${daemon.url}`;
  throw new NinjadError(
    'BACKUP_FAILED',
    `the running daemon has ${theirs}, and the settings here name ${own ?? 'none on a server'}: give this command the DATABASE_URL of the daemon`,
  );
}
