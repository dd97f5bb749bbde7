import { Command, InvalidArgumentError } from 'commander';
import type { Answers } from '../operations.ts';
import { UsageError } from '../lib/errors.ts';
import { comingTimeOf, dateOption, spanOption } from './coming-time.ts';
import { connect } from './connect.ts';
import { isJson } from './memory-options.ts';
import { beforeOption, limitOption } from './options.ts';
import { paint } from './paint.ts';
import { printJson, printLines, printPage, tableLines } from './print.ts';
import { oneLine } from './printable.ts';
import { count, relativeTime } from './units.ts';

type Notice = Answers['notices.list']['items'][number];

interface NoticesOptions {
  all?: true;
  before?: number;
  limit: number;
  json?: true;
}

const help = `
What a task has to say to you, a cap that was reached, and an agent that cannot work without you.
The dashboard shows the same under "Waits for you".

Examples:
  $ ninjad notices                what you have not seen
  $ ninjad notices --all --json
  $ ninjad notices seen 12 13     mark some as seen
  $ ninjad notices seen --all
  $ ninjad notices later 12       hear of it again tomorrow morning, or --for 3h, --until 2026-12-24
`;

/** `ninjad notices`: what the owner was told. */
export function noticesCommand(): Command {
  return new Command('notices')
    .description('list what you were told and have not seen')
    .option('--all', 'also what you have seen')
    .option('--before <id>', 'only those before this number, to page back', beforeOption)
    .option('--limit <number>', 'how many at most', limitOption, 20)
    .option('--json', 'print them as JSON')
    .addHelpText('after', help)
    .action(async ({ all, json, ...page }: NoticesOptions) => {
      const { items: notices, next } = await connect().ask('notices.list', {
        unseen: all !== true,
        ...page,
      });
      if (json === true) printJson(notices);
      else if (notices.length === 0)
        printLines([all === true ? 'no notices' : 'nothing that you have not seen']);
      else printPage(noticeTable(notices, Date.now()), next);
    })
    .addCommand(seenCommand())
    .addCommand(laterCommand());
}

function seenCommand(): Command {
  return new Command('seen')
    .description('mark notices as seen')
    .argument('[id...]', 'their numbers', noticeIdsArgument)
    .option('--all', 'all that there are now')
    .option('--json', 'print how many are left as JSON')
    .action(async (given: number[] | undefined, _: unknown, command: Command) => {
      const ids = given ?? [];
      // `ninjad notices` has an --all of its own, which takes this one.
      const isAll = command.optsWithGlobals<{ all?: true }>().all === true;
      if (isAll === ids.length > 0) throw new UsageError('expected the numbers of notices, or --all');
      const answer = isAll ? await seeAll() : await connect().ask('notices.see', { ids });
      if (isJson(command)) printJson(answer);
      else printLines([answer.unseen === 0 ? 'you have seen everything' : `${count(answer.unseen)} left`]);
    });
}

interface LaterOptions {
  for?: string;
  until?: string;
}

function laterCommand(): Command {
  return new Command('later')
    .description('put notices off: you are told again tomorrow morning, or when you say')
    .argument('<id...>', 'their numbers', noticeIdsArgument)
    .option('--for <time>', 'how long, such as 3h or 7d', spanOption)
    .option('--until <time>', 'until a date, or date and time, such as 2026-12-24', dateOption)
    .option('--json', 'print how many are left as JSON')
    .action(async (ids: number[], options: LaterOptions, command: Command) => {
      const until = comingTimeOf(options) ?? tomorrowMorning();
      const answer = await connect().ask('notices.later', { ids, until });
      if (isJson(command)) printJson({ ...answer, until });
      else printLines([`put off until ${new Date(until).toLocaleString()}; ${leftText(answer.unseen)}`]);
    });
}

const morningHour = 8;

function tomorrowMorning(): string {
  const at = new Date();
  at.setDate(at.getDate() + 1);
  at.setHours(morningHour, 0, 0, 0);
  return at.toISOString();
}

function leftText(unseen: number): string {
  return unseen === 0 ? 'nothing else waits' : `${count(unseen)} left`;
}

async function seeAll(): Promise<{ unseen: number }> {
  const { ask } = connect();
  const [newest] = (await ask('notices.list', { unseen: true, limit: 1 })).items;
  return newest === undefined ? { unseen: 0 } : ask('notices.see', { until: newest.id });
}

function noticeTable(notices: readonly Notice[], now: number): string[] {
  const columns = [
    { title: 'id', align: 'right' as const },
    { title: 'when' },
    { title: 'from' },
    { title: '' },
    { title: 'text' },
  ];
  return tableLines(
    columns,
    notices.map(({ id, at, origin, text, taskId, ...state }) => [
      String(id),
      relativeTime(Date.parse(at), now),
      taskId === null ? origin : `task ${taskId}`,
      stateText(state, now),
      oneLine(text),
    ]),
  );
}

function stateText({ seenAt, putOffUntil }: Pick<Notice, 'seenAt' | 'putOffUntil'>, now: number): string {
  if (seenAt !== null) return 'seen';
  return putOffUntil !== null && Date.parse(putOffUntil) > now ? 'later' : paint('yellow', 'new');
}

/** Parses the numbers of several notices. */
function noticeIdsArgument(text: string, before: number[] | undefined): number[] {
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new InvalidArgumentError('Expected the number of a notice, as `ninjad notices` shows it.');
  return [...new Set([...(before ?? []), Number(text)])];
}
