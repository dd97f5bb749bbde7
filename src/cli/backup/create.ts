import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import type { HomePaths } from '../../lib/config/paths.ts';
import { NinjadError, UsageError } from '../../lib/errors.ts';
import { isSecretSetting } from '../../settings.ts';
import { coldSource } from '../../upkeep/backup/cold-source.ts';
import { createBackup } from '../../upkeep/backup/create.ts';
import { liveSource } from '../../upkeep/backup/live-source.ts';
import type { Source } from '../../upkeep/backup/source.ts';
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
      const paths = currentPaths();
      if (!existsSync(paths.pg) && !existsSync(paths.journal))
        throw new UsageError(`there is no home at ${paths.home}: set NINJAD_HOME`);
      const settings = settingsOf(paths);
      if (settings.get('database.url') !== null)
        throw new NinjadError(
          'BACKUP_FAILED',
          'the database is on a server: have that one backed up by its own means (pg_dump); backups of ninjad are of homes with the embedded database',
        );
      const place = to === undefined ? makeBackupFolder(backupFolder(paths, settings)) : resolve(to);
      const { source, made } = await sourceOf(paths);
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

/** The running daemon, or the files where none runs. */
async function sourceOf(paths: HomePaths): Promise<ChosenSource> {
  const client: DaemonClient = connect(paths);
  try {
    await client.ask('status.get', {});
  } catch (thrown) {
    if (exitCodeOf(thrown) !== exitCodes.notRunning) throw thrown;
    return { source: coldSource(paths, openOwnDatabase), made: () => Promise.resolve() };
  }
  const source = liveSource(client.ask);
  return { source, made: source.made };
}
