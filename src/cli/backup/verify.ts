import { Command, InvalidArgumentError } from 'commander';
import { behindOthers } from '../../lib/process/behind-others.ts';
import { loadMigrations } from '../../lib/store/migrations.ts';
import { BackupError } from '../../upkeep/backup/failure.ts';
import { type Sample, verifyArchive } from '../../upkeep/backup/verify.ts';
import { openOwnDatabase } from '../../wiring/own-database.ts';
import { currentPaths } from '../connect.ts';
import { exitCodeOf } from '../failure.ts';
import { printJson, printLines } from '../print.ts';
import { oneLine } from '../printable.ts';
import { backupFolder, namedOrNewest, settingsOf } from './places.ts';

const help = `
Whole, it compares each byte, starts the database of the copy beside, and counts its rows. --sample 1/7 compares
names and sizes of all files and the bytes of the first seventh: seven nights cover all of it.
`;

/** `ninjad backup verify`. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('find out whether a backup holds what it should')
    .argument('[archive]', 'by default the newest one')
    .option('--sample <part/parts>', 'compare one part of the bytes only, e.g. 1/7', sampleOption)
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', help)
    .action(async (named: string | undefined, { sample, json }: { sample?: Sample; json?: true }) => {
      behindOthers();
      const paths = currentPaths();
      const archive = await namedOrNewest(named, backupFolder(paths, settingsOf(paths)));
      const found = await verifyArchive(archive, {
        ...(sample !== undefined && { sample }),
        openDatabase: openOwnDatabase,
        schema: loadMigrations().at(-1)?.version ?? 0,
        now: () => new Date(),
      });
      const { outcome, faults, compared, counted, uncounted } = found;
      if (json === true) printJson(found);
      else if (outcome === 'well') {
        const tables = counted
          ? ', tables counted'
          : uncounted === null
            ? ''
            : `; tables not counted: ${oneLine(uncounted)}`;
        printLines([`${archive} is well: ${compared} files compared${tables}`]);
      } else
        printLines([
          `${archive} is ${outcome}:`,
          ...faults.map(({ path, problem }) => `  ${oneLine(path)}: ${oneLine(problem)}`),
        ]);
      if (outcome !== 'well') process.exitCode = exitCodeOf(new BackupError(outcome, ''));
    });
}

function sampleOption(text: string): Sample {
  const [, part = Number.NaN, of = Number.NaN] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  if (part >= 1 && part <= of) return { part, of };
  throw new InvalidArgumentError('Expected a part of so many, such as 1/7.');
}
