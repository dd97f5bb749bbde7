import { Command } from 'commander';
import { behindOthers } from '../../lib/process/behind-others.ts';
import { loadMigrations } from '../../lib/store/migrations.ts';
import { drill } from '../../upkeep/backup/drill.ts';
import { startDrilledDaemon } from '../../wiring/drilled-daemon.ts';
import { openOwnDatabase } from '../../wiring/own-database.ts';
import { currentPaths } from '../connect.ts';
import { printJson, printLines } from '../print.ts';
import { backupFolder, namedOrNewest, settingsOf } from './places.ts';

const help = `
It restores a backup into a home of its own beside it, compares the rows of each table with what the backup says,
starts a daemon there without channels, agents and sensors, reads one memory back, and removes it all. Where the
database is on a server, a database ninjad_drill_… is made there for it and dropped again: the role needs CREATEDB.
`;

/** `ninjad backup drill`. */
export function drillCommand(): Command {
  return new Command('drill')
    .description('prove that a backup can be restored and started')
    .argument('[archive]', 'by default the newest one')
    .option('--json', 'print what was proven as JSON')
    .addHelpText('after', help)
    .action(async (named: string | undefined, { json }: { json?: true }) => {
      behindOthers();
      const paths = currentPaths();
      const settings = settingsOf(paths);
      const archive = await namedOrNewest(named, backupFolder(paths, settings));
      const drilled = await drill({
        archive,
        openDatabase: openOwnDatabase,
        startDaemon: startDrilledDaemon,
        databaseUrl: settings.get('database.url'),
        schema: loadMigrations().at(-1)?.version ?? 0,
        now: () => new Date(),
      });
      if (json === true) printJson(drilled);
      else
        printLines([
          `${archive} was restored and started: ${drilled.rows} rows of ${drilled.tables} tables` +
            (drilled.memoryId === null ? '' : `, memory ${drilled.memoryId} read back`),
        ]);
    });
}
