import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { homePaths } from '../../lib/config/paths.ts';
import { postgresUrl } from '../../lib/config/setting.ts';
import { shellWord } from '../../lib/shell-word.ts';
import { loadMigrations } from '../../lib/store/migrations.ts';
import { restoreBackup } from '../../upkeep/backup/restore.ts';
import { openOwnDatabase } from '../../wiring/own-database.ts';
import { currentPaths } from '../connect.ts';
import { printJson, printLines } from '../print.ts';
import { oneLine } from '../printable.ts';
import { settingsOf } from './places.ts';

const help = `
The home is made beside and takes its place whole; the one that was there is kept. A running daemon is refused.
Afterwards it is a new generation: what was to be sent waits for you, questions to you have expired, channels begin at
now, and the clock makes up for what it missed by the policy of each job. Nothing goes on as if nothing had been.

Examples:
  $ ninjad backup restore ~/.ninjad/backups/ninjad-20261128T021500Z.tar
  $ ninjad backup restore /mnt/disk/one.tar --into /tmp/look
  $ createdb ninja2 && ninjad backup restore server.tar --database postgresql://localhost/ninja2
`;

interface RestoreCliOptions {
  into?: string;
  database?: string;
  json?: true;
}

/** `ninjad backup restore`. */
export function restoreCommand(): Command {
  return new Command('restore')
    .description('make a home of a backup')
    .argument('<from>', 'the archive')
    .option('--into <home>', 'the home that is to be; by default this one')
    .option(
      '--database <url>',
      'the fresh database for an archive of a server; config.json will name it',
      serverUrl,
    )
    .option('--json', 'print what was done as JSON')
    .addHelpText('after', help)
    .action(async (from: string, { into, json, database }: RestoreCliOptions) => {
      const paths = into === undefined ? currentPaths() : homePaths(resolve(into));
      const url = database ?? process.env['DATABASE_URL'];
      const restored = await restoreBackup({
        archive: resolve(from),
        into: paths.home,
        openDatabase: openOwnDatabase,
        ...(url !== undefined && url !== '' && { databaseUrl: url, notesDatabase: database !== undefined }),
        migrations: loadMigrations(),
        keptDays: settingsOf(currentPaths()).get('retention.eventsDays'),
        now: () => new Date(),
      });
      if (json === true) printJson(restored);
      else
        printLines([
          `restored ${restored.home} as of ${restored.takenAt}, generation ${restored.generation}`,
          ...(restored.kept === null ? [] : [`the home of before is kept as ${restored.kept}`]),
          ...restored.lacks.map(({ path, why }) => `not in the backup: ${oneLine(path)}, ${oneLine(why)}`),
          `start it with: NINJAD_HOME=${shellWord(restored.home)} ninjad up`,
          ...(database === undefined || (process.env['DATABASE_URL'] ?? database) === database
            ? []
            : [
                'DATABASE_URL is set here and stands above config.json: unset it, or set it to the new database',
              ]),
        ]);
    });
}

function serverUrl(text: string): string {
  if (postgresUrl.schema.safeParse(text).success) return text;
  throw new InvalidArgumentError(`Expected ${postgresUrl.expects}.`);
}
