import { Command } from 'commander';
import type { Answers } from '../operations.ts';
import { connect } from './connect.ts';
import { exitCodes } from './failure.ts';
import { isJson } from './memory-options.ts';
import { limitOption } from './options.ts';
import { printJson, printLines, tableLines } from './print.ts';
import { oneLine } from './printable.ts';
import { money, relativeTime } from './units.ts';

const help = `
Every few nights (setting retrospective.everyDays) the figures of the last days are put beside those of the
days before, promises of applied wishes are measured, and an agent may propose up to five wishes. None is a good answer.

Examples:
  $ ninjad retrospective run          look back now, and wait for it
  $ ninjad retrospective --json
`;

const waitMs = 1_000;

/** `ninjad retrospective`: how it looks back at its own work. */
export function retrospectiveCommand(): Command {
  return new Command('retrospective')
    .description('look back at how it went, and list what came of it')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', help)
    .addCommand(listCommand(), { isDefault: true })
    .addCommand(runCommand());
}

function listCommand(): Command {
  return new Command('list')
    .description('the last ones')
    .option('--limit <number>', 'how many at most', limitOption, 20)
    .option('--json', 'print them as JSON')
    .action(async ({ limit }: { limit: number }, command: Command) => {
      const { items } = await connect().ask('retrospectives.list', { limit });
      if (isJson(command)) printJson(items);
      else printLines(items.length === 0 ? ['it has never looked back'] : table(items, Date.now()));
    });
}

function runCommand(): Command {
  return new Command('run')
    .description('look back now, and wait until that is over')
    .option('--json', 'print what came of it as JSON')
    .addHelpText('after', '\nExit status 1 where it is not completed. Ctrl-C leaves it running.\n')
    .action(async (_: unknown, command: Command) => {
      const { ask } = connect();
      const { fireId } = await ask('retrospective.run', {});
      let fire = await ask('retrospective.fire', { fireId });
      while (!fire.isOver) {
        await new Promise((resolve) => setTimeout(resolve, waitMs));
        fire = await ask('retrospective.fire', { fireId });
      }
      if (isJson(command)) printJson(fire.retrospective ?? fire);
      else printLines(fireLines(fire));
      if (fire.state !== 'done') process.exitCode = exitCodes.failed;
    });
}

function fireLines({ state, reason, retrospective }: Answers['retrospective.fire']): string[] {
  const said = reason === null ? '' : `: ${reason}`;
  return [
    oneLine(`${state}${said}`),
    ...(retrospective?.proposals ?? []).map(({ title, became, wish, reason: why }) =>
      oneLine(
        `${became}${wish === null ? '' : ` (wish ${wish})`}: ${title}${why === null ? '' : `: ${why}`}`,
      ),
    ),
  ];
}

function table(rows: Answers['retrospectives.list']['items'], now: number): string[] {
  const columns = [
    { title: 'id', align: 'right' as const },
    { title: 'when' },
    { title: 'state' },
    { title: 'cost' },
    { title: 'what came of it' },
  ];
  return tableLines(
    columns,
    rows.map(({ id, startedAt, state, costUsd, reason }) => [
      String(id),
      relativeTime(Date.parse(startedAt), now),
      state,
      money(costUsd),
      oneLine(reason ?? ''),
    ]),
  );
}
