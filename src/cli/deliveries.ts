import { Command, InvalidArgumentError, Option } from 'commander';
import type { Answers } from '../operations.ts';
import { deliveryStates } from '../outbox/rows/list-deliveries.ts';
import { connect } from './connect.ts';
import { isJson } from './memory-options.ts';
import { beforeOption, limitOption, nameOption } from './options.ts';
import { paintState } from './paint.ts';
import { printJson, printLines, printPage, tableLines } from './print.ts';
import { oneLine } from './printable.ts';
import { relativeTime } from './units.ts';

interface DeliveriesOptions {
  state?: (typeof deliveryStates)[number];
  channel?: string;
  before?: number;
  limit: number;
  json?: true;
}

const help = `
Replies and news that leave by a channel such as Discord: kept until the other side has them, tried again while it is
away, and in order for each address. You are told of what was refused for good.

Examples:
  $ ninjad deliveries
  $ ninjad deliveries --state failed --json
  $ ninjad deliveries retry 12
`;

/** `ninjad deliveries`: what must reach somebody, and how far it came. */
export function deliveriesCommand(): Command {
  return new Command('deliveries')
    .description('list what was sent or waits to be sent by a channel')
    .addOption(new Option('--state <state>', 'only those in this state').choices(deliveryStates))
    .option('--channel <channel>', 'only those of this channel', nameOption)
    .option('--before <id>', 'only those before this number, to page back', beforeOption)
    .option('--limit <number>', 'how many at most', limitOption, 20)
    .option('--json', 'print them as JSON')
    .addHelpText('after', help)
    .action(async ({ json, ...query }: DeliveriesOptions) => {
      const { items, next } = await connect().ask('deliveries.list', query);
      if (json === true) printJson(items);
      else printPage(items.length === 0 ? ['no deliveries'] : deliveryTable(items, Date.now()), next);
    })
    .addCommand(retryCommand());
}

function retryCommand(): Command {
  return new Command('retry')
    .description('try a failed one again')
    .argument('<id>', 'its number', deliveryIdArgument)
    .option('--json', 'print the answer as JSON')
    .action(async (id: number, _: unknown, command: Command) => {
      const answer = await connect().ask('delivery.retry', { id });
      if (isJson(command)) printJson(answer);
      else printLines([oneLine(answer.message)]);
    });
}

function deliveryTable(deliveries: Answers['deliveries.list']['items'], now: number): string[] {
  const columns = [
    { title: 'id', align: 'right' as const },
    { title: 'when' },
    { title: 'to' },
    { title: 'state' },
    { title: 'tries', align: 'right' as const },
    { title: 'text' },
  ];
  return tableLines(
    columns,
    deliveries.map(({ id, createdAt, channel, address, state, attempts, body, reason, problem }) => {
      const trouble = state === 'delivered' ? null : (reason ?? problem);
      return [
        String(id),
        relativeTime(Date.parse(createdAt), now),
        oneLine(`${channel}:${address}`),
        paintState(state),
        String(attempts),
        oneLine(trouble === null ? body.text : `${body.text} (${trouble})`),
      ];
    }),
  );
}

function deliveryIdArgument(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected the number of a delivery, as `ninjad deliveries` shows it.');
}
