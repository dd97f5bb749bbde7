import { Command, InvalidArgumentError, Option } from 'commander';
import { detectorKinds } from '../findings/detectors/all.ts';
import { findingStates } from '../findings/rows.ts';
import { comingTimeOf, dateOption, spanOption } from './coming-time.ts';
import { connect } from './connect.ts';
import { detectorTable, findingLines, findingTable, lookLines } from './findings-print.ts';
import { isJson } from './memory-options.ts';
import { beforeOption, limitOption } from './options.ts';
import { printJson, printLines, printPage } from './print.ts';
import { oneLine } from './printable.ts';

const help = `
Detectors look each night at what the daemon did: what fails, is slow, dear or noisy. What they find waits for you with its
evidence until you make it a wish, dismiss it or snooze it; it closes by itself when it is not measured any more. Three
dismissals rest a detector until what it finds weighs twice as much.

Examples:
  $ ninjad findings                         what waits for you
  $ ninjad findings look                    let the detectors look now
  $ ninjad findings show 3
  $ ninjad findings accept 3                make it a wish
  $ ninjad findings dismiss 3 --reason "the provider was down"
  $ ninjad findings snooze 3 --for 30d
  $ ninjad findings reopen 3                take that back
  $ ninjad findings list --state all --json
`;

/** `ninjad findings`: what the daemon found out about its own work. */
export function findingsCommand(): Command {
  return new Command('findings')
    .description('see what the detectors found, and decide it')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', help)
    .addCommand(listCommand(), { isDefault: true })
    .addCommand(lookCommand())
    .addCommand(showCommand())
    .addCommand(acceptCommand())
    .addCommand(dismissCommand())
    .addCommand(snoozeCommand())
    .addCommand(reopenCommand())
    .addCommand(detectorsCommand());
}

interface ListOptions {
  state: (typeof findingStates)[number] | 'all';
  kind?: string;
  before?: number;
  limit: number;
}

function listCommand(): Command {
  return new Command('list')
    .description('findings, the newest first')
    .addOption(
      new Option('--state <state>', 'those in this state').choices([...findingStates, 'all']).default('open'),
    )
    .addOption(new Option('--kind <detector>', 'only those of this detector').choices(detectorKinds))
    .option('--before <id>', 'only those before this number, to page back', beforeOption)
    .option('--limit <number>', 'how many at most', limitOption, 50)
    .option('--json', 'print them as JSON')
    .action(async ({ state, kind, before, limit }: ListOptions, command: Command) => {
      const { items, next } = await connect().ask('findings.list', {
        limit,
        ...(before !== undefined && { before }),
        ...(state !== 'all' && { state }),
        ...(kind !== undefined && { kind }),
      });
      if (isJson(command)) printJson(items);
      else if (items.length > 0) printPage(findingTable(items, Date.now()), next);
      else printLines([state === 'open' ? 'nothing to look at' : 'no findings']);
    });
}

function lookCommand(): Command {
  return new Command('look')
    .description('let the detectors look now')
    .option('--json', 'print what came of it as JSON')
    .addHelpText('after', '\nExit status 1 where a detector could not look.\n')
    .action(async (_: unknown, command: Command) => {
      const { ask } = connect();
      const report = await ask('findings.look', {});
      const { items } = await ask('findings.list', { state: 'open', limit: 100 });
      if (isJson(command)) printJson({ ...report, findings: items });
      else
        printLines([
          ...lookLines(report),
          ...(items.length > 0 ? ['', ...findingTable(items, Date.now())] : []),
        ]);
      if (report.detectors.some(({ problem }) => problem !== null)) process.exitCode = 1;
    });
}

function showCommand(): Command {
  return withId(new Command('show'))
    .description('all about one finding, with its evidence')
    .action(async (id: number, _: unknown, command: Command) => {
      const finding = await connect().ask('finding.get', { id });
      if (isJson(command)) printJson(finding);
      else printLines(findingLines(finding, Date.now()));
    });
}

function acceptCommand(): Command {
  return withId(new Command('accept'))
    .description('make it a wish')
    .action(async (id: number, _: unknown, command: Command) => {
      const finding = await connect().ask('finding.decide', { id, decision: 'accept' });
      if (isJson(command)) printJson(finding);
      else
        printLines([
          finding.wishId === null
            ? 'accepted; a wish of this title is open already'
            : `it is wish ${finding.wishId} now`,
        ]);
    });
}

function dismissCommand(): Command {
  return withId(new Command('dismiss'))
    .description('close it: it comes back only with new evidence')
    .option('--reason <text>', 'why, for the log')
    .action(async (id: number, { reason }: { reason?: string }, command: Command) => {
      const finding = await connect().ask('finding.decide', {
        id,
        decision: 'dismiss',
        ...(reason !== undefined && { reason }),
      });
      if (isJson(command)) printJson(finding);
      else printLines([oneLine(`dismissed: ${finding.summary}`)]);
    });
}

interface SnoozeOptions {
  for?: string;
  until?: string;
  reason?: string;
}

function snoozeCommand(): Command {
  return withId(new Command('snooze'))
    .description('put it off, for a week where nothing is said')
    .option('--for <time>', 'how long, such as 12h or 30d', spanOption)
    .option('--until <time>', 'until a date, or date and time, such as 2026-12-24', dateOption)
    .option('--reason <text>', 'why, for the log')
    .action(async (id: number, { for: span, until, reason }: SnoozeOptions, command: Command) => {
      const end = comingTimeOf({ for: span, until });
      const finding = await connect().ask('finding.decide', {
        id,
        decision: 'snooze',
        ...(end !== undefined && { until: end }),
        ...(reason !== undefined && { reason }),
      });
      if (isJson(command)) printJson(finding);
      else printLines([`snoozed until ${finding.snoozedUntil ?? ''}`]);
    });
}

function reopenCommand(): Command {
  return withId(new Command('reopen'))
    .description('take a dismissal or a snooze back: it waits for you again')
    .action(async (id: number, _: unknown, command: Command) => {
      const finding = await connect().ask('finding.decide', { id, decision: 'reopen' });
      if (isJson(command)) printJson(finding);
      else printLines([oneLine(`open again: ${finding.summary}`)]);
    });
}

function detectorsCommand(): Command {
  return new Command('detectors')
    .description('what looks, from which numbers on, and which of them rest')
    .option('--json', 'print them as JSON')
    .action(async (_: unknown, command: Command) => {
      const detectors = await connect().ask('findings.detectors', {});
      if (isJson(command)) printJson(detectors);
      else printLines(detectorTable(detectors));
    });
}

function withId(command: Command): Command {
  return command.argument('<id>', 'its number', findingIdArgument).option('--json', 'print it as JSON');
}

function findingIdArgument(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected the number of a finding, as `ninjad findings` shows it.');
}
