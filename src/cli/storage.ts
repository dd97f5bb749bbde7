import { Command } from 'commander';
import type { StorageView } from '../storage/operations.ts';
import { connect } from './connect.ts';
import { paint } from './paint.ts';
import { printJson, printLines, tableLines } from './print.ts';
import { oneLine } from './printable.ts';
import { bytes } from './units.ts';

const help = `
A part that goes "first" loses its oldest rows when the home nears its budget (storage.maxBytes), in the order
transcripts, samples, finished events; "by age" ends by the settings of retention; "never" stays until you forget it.
Backups count for themselves (backup.keep*). With less free on the disk than storage.minFreeBytes, tasks other than
yours, backups and drafts wait; events are taken and kept.

Examples:
  $ ninjad storage
  $ ninjad storage --json | jq '.parts[] | {name, bytes}'
  $ ninjad config set storage.maxBytes 20000000000
`;

/** `ninjad storage`. */
export function storageCommand(): Command {
  return new Command('storage')
    .description('show what takes how much room, how it grows, and the budget')
    .option('--json', 'print it as JSON')
    .addHelpText('after', help)
    .action(async ({ json }: { json?: true }) => {
      const view = await connect().ask('storage.get', {});
      if (json === true) printJson(view);
      else printLines(storageLines(view));
    });
}

/** The view for people. */
export function storageLines(view: StorageView): string[] {
  const { usedBytes, budgetBytes, disk, room, minFreeBytes, perDay, daysLeft, parts } = view;
  const share = Math.round((100 * usedBytes) / budgetBytes);
  const growth =
    perDay === null
      ? 'not known before tomorrow'
      : `${growthText(perDay)}${daysLeft === null ? '' : `, the budget lasts ${daysLeft} days more`}`;
  const free = `${bytes(disk.freeBytes)} free of ${bytes(disk.totalBytes)}`;
  const low = paint('red', `less than ${bytes(minFreeBytes)}: what can wait waits`);
  return [
    `home    ${bytes(usedBytes)} of ${bytes(budgetBytes)} (${share} %)`,
    `growth  ${growth}`,
    `disk    ${free}${room === 'low' ? `, ${low}` : ''}`,
    '',
    ...tableLines(
      [
        { title: 'part' },
        { title: 'size', align: 'right' },
        { title: 'a day', align: 'right' },
        { title: 'goes' },
        { title: 'what it is' },
      ],
      parts.map((part) => [
        oneLine(part.name),
        bytes(part.bytes),
        part.perDay === null ? '' : growthText(part.perDay),
        part.fate,
        oneLine(part.says),
      ]),
    ),
  ];
}

function growthText(perDay: number): string {
  return `${perDay < 0 ? '-' : '+'}${bytes(Math.abs(perDay))}`;
}
