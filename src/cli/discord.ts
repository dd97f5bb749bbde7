import { Command } from 'commander';
import type { Answers } from '../operations.ts';
import { connect } from './connect.ts';
import { isJson } from './memory-options.ts';
import { paint, paintState } from './paint.ts';
import { printJson, printLines, tableLines } from './print.ts';
import { oneLine } from './printable.ts';
import { count, relativeTime } from './units.ts';

type DiscordView = Answers['discord.get'];

const help = `
Your DMs with the bot: whether it is connected, since when it was heard, and who may speak. A stranger who writes to
it while nobody is the owner gets a code; confirm yours with \`ninjad discord pair\`.

Examples:
  $ ninjad discord
  $ ninjad discord --json | jq .state
  $ ninjad discord pair K7QWX2MP
  $ ninjad discord unpair
`;

/** `ninjad discord`: how the connection to Discord is. */
export function discordCommand(): Command {
  return new Command('discord')
    .description('show the connection to Discord, and pair with it')
    .option('--json', 'print it as JSON')
    .addHelpText('after', help)
    .action(async ({ json }: { json?: true }) => {
      const view = await connect().ask('discord.get', {});
      if (json === true) printJson(view);
      else printLines(discordLines(view, Date.now()));
    })
    .addCommand(pairCommand())
    .addCommand(unpairCommand());
}

function pairCommand(): Command {
  return new Command('pair')
    .description('make the user with this code the owner')
    .argument('<code>', 'the code that the bot has given you')
    .option('--json', 'print the answer as JSON')
    .action(async (code: string, _: unknown, command: Command) => {
      const answer = await connect().ask('discord.pair', { code });
      if (isJson(command)) printJson(answer);
      else printLines([oneLine(answer.message)]);
    });
}

function unpairCommand(): Command {
  return new Command('unpair')
    .description('let go of the owner who was paired')
    .option('--json', 'print the answer as JSON')
    .action(async (_: unknown, command: Command) => {
      const answer = await connect().ask('discord.unpair', {});
      if (isJson(command)) printJson(answer);
      else printLines([oneLine(answer.message)]);
    });
}

/** The connection for people. `now` in epoch milliseconds. */
export function discordLines(view: DiscordView, now: number): string[] {
  const { state, reason, botId, botName, ownerId, isOwnerSet, identifiesLeft, resetAt, cursor, ignored } =
    view;
  const ago = (at: string | null): string => (at === null ? 'never' : relativeTime(Date.parse(at), now));
  const bot = botId === null ? 'not known yet' : `${botName ?? '?'} (${botId})`;
  const owner =
    ownerId === null ? 'nobody yet' : `${ownerId}${isOwnerSet ? ', by the settings' : ', paired'}`;
  const left = identifiesLeft === null ? 'not known yet' : `${identifiesLeft} sessions left today`;
  const facts: [string, string][] = [
    ['state', `${paintState(state)}${reason === null ? '' : `: ${reason}`}`],
    ['bot', bot],
    ['owner', owner],
    ['last ack', ago(view.lastAckAt)],
    ['last message', ago(view.lastMessageAt)],
    ['cursor', cursor ?? 'none'],
    ['sessions', resetAt === null ? left : `${left}, the next one ${ago(resetAt)}`],
    [
      'passed over',
      `${count(ignored.strangers)} by strangers, ${count(ignored.bots)} by bots, ${count(ignored.elsewhere)} elsewhere, ${count(ignored.unreadable)} unreadable`,
    ],
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  return [
    ...facts.map(([name, value]) => `${paint('dim', name.padEnd(width))}  ${oneLine(value)}`),
    ...(view.pairings.length === 0 ? [] : ['', ...pairingTable(view.pairings, now)]),
  ];
}

function pairingTable(pairings: DiscordView['pairings'], now: number): string[] {
  return tableLines(
    ['code', 'user', 'id', 'holds until'].map((title) => ({ title })),
    pairings.map(({ code, userName, userId, expiresAt }) => [
      code,
      oneLine(userName),
      userId,
      relativeTime(Date.parse(expiresAt), now),
    ]),
  );
}
