import { statSync } from 'node:fs';
import { Command } from 'commander';
import { UsageError } from '../../lib/errors.ts';
import { type BackupView, listBackups } from '../../upkeep/backup/catalogue.ts';
import { currentPaths } from '../connect.ts';
import { printJson, printLines, tableLines } from '../print.ts';
import { oneLine } from '../printable.ts';
import { bytes as bytesText, relativeTime } from '../units.ts';
import { backupFolder, settingsOf } from './places.ts';

/** `ninjad backup list`. */
export function listCommand(): Command {
  return new Command('list')
    .description('list the backups, newest first')
    .argument('[folder]', 'where they are; by default the setting backup.dir')
    .option('--json', 'print them as JSON')
    .action(async (folder: string | undefined, { json }: { json?: true }) => {
      const paths = currentPaths();
      if (folder !== undefined) requireFolder(folder);
      const backups = await listBackups(folder ?? backupFolder(paths, settingsOf(paths)));
      if (json === true) printJson(backups);
      else if (backups.length === 0) printLines(['no backups']);
      else printLines(backupTable(backups, Date.now()));
    });
}

function requireFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UsageError(`${path} is no folder: expected the one that the backups are in`);
}

function backupTable(backups: readonly BackupView[], now: number): string[] {
  const ago = (at: string | null): string => (at === null ? 'never' : relativeTime(Date.parse(at), now));
  return tableLines(
    [
      { title: 'made' },
      { title: 'size', align: 'right' },
      { title: 'rows', align: 'right' },
      { title: 'verified' },
      { title: 'path' },
    ],
    backups.map(({ path, at, bytes, counts, verifiedAt, problem }) => [
      problem === undefined ? ago(at) : 'unreadable',
      bytesText(bytes),
      String(Object.values(counts).reduce((sum, rows) => sum + rows, 0)),
      ago(verifiedAt),
      oneLine(problem ?? path),
    ]),
  );
}
