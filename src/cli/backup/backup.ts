import { Command } from 'commander';
import { createCommand } from './create.ts';
import { drillCommand } from './drill.ts';
import { listCommand } from './list.ts';
import { restoreCommand } from './restore.ts';
import { verifyCommand } from './verify.ts';

const help = `
A backup is one file: the database as it is at one instant while the daemon works on, what the journal and
the spool still hold, settings, attachments and sensors. It is as private as the home itself.

Exit status besides 0 and 1: 4 the archive is damaged, 5 it is incomplete, 6 it is of another version.

Examples:
  $ ninjad backup create /mnt/disk/ninjad     prints the path of the archive
  $ ninjad backup list --json
  $ ninjad backup verify --sample 1/7
  $ ninjad backup restore /mnt/disk/ninjad/ninjad-20261128T021500Z.tar
`;

/** `ninjad backup`: copies of the home, and the way back. */
export function backupCommand(): Command {
  return new Command('backup')
    .description('make, list, verify and restore backups of the home')
    .addHelpText('after', help)
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(verifyCommand())
    .addCommand(restoreCommand())
    .addCommand(drillCommand());
}
