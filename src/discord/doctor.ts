import { z } from 'zod';
import type { ValuesOf } from '../lib/config/schema.ts';
import { type CheckResult, fail, ok, warn } from '../lib/doctor/check-result.ts';
import { type Checks, settingOf, type Subject } from '../lib/doctor/subject.ts';
import { messageOf, NinjadError } from '../lib/errors.ts';
import type { DiscordView } from './operations.ts';
import { mePayload } from './payloads.ts';
import type { discordSettings } from './settings.ts';
import { botIdOf, readToken } from './token.ts';

type Values = ValuesOf<typeof discordSettings>;

interface DiscordSubject extends Subject<unknown, Values> {
  /** The running daemon, as far as it is asked how the connection is. */
  client: {
    ask(name: 'discord.get', input: object): Promise<Pick<DiscordView, 'state' | 'reason' | 'ownerId'>>;
  };
}

/** Checks of Discord. */
export const discordChecks: Checks<DiscordSubject> = { discord: checkDiscord };

const askMs = 8_000;
/** Servers of the bot that are looked at for the owner. */
const maxServers = 10;

/** The token's form, the bot behind it, the server that it shares with the owner, and whether Discord is within reach. */
export async function checkDiscord(subject: DiscordSubject): Promise<CheckResult> {
  const source = settingOf<Values, 'discord.token'>(subject, 'discord.token', null);
  if (source === null) return ok('not set up');
  const read = await readToken(source);
  if ('problem' in read)
    return fail(read.problem, 'the token of a bot', 'copy it from the page "Bot" of the developer portal');
  const ask = asker(settingOf<Values, 'discord.apiUrl'>(subject, 'discord.apiUrl', ''), read.token);
  try {
    return await examine(subject, read.token, ask);
  } catch (thrown) {
    if (thrown instanceof NinjadError && thrown.code === 'DISCORD_REFUSED')
      return fail(
        messageOf(thrown),
        'a token that Discord takes',
        'reset it on the page "Bot", and set it anew',
      );
    return fail(
      `Discord is out of reach: ${messageOf(thrown)}`,
      'an answer of its API',
      'look at the network of this machine and at discord.apiUrl',
    );
  }
}

type Ask = (path: string) => Promise<{ status: number; data: unknown }>;

async function examine(subject: DiscordSubject, token: string, ask: Ask): Promise<CheckResult> {
  const me = mePayload.parse((await ask('/users/@me')).data);
  const expected =
    settingOf<Values, 'discord.botId'>(subject, 'discord.botId', null) ?? botIdOf(token) ?? me.id;
  if (expected !== me.id)
    return fail(
      `the token is that of the bot ${me.id} (${me.username})`,
      `the bot ${expected}`,
      'set the token of the other bot, or discord.botId',
    );
  const bot = `${me.username} (${me.id})`;
  const running = await connectionOf(subject);
  const ownerId =
    settingOf<Values, 'discord.ownerId'>(subject, 'discord.ownerId', null) ?? running?.ownerId ?? null;
  if (ownerId === null)
    return warn(
      `${bot} has no owner`,
      'you as its owner',
      'write to it in Discord, and confirm the code: ninjad discord pair CODE',
    );
  if (!(await sharesServer(ask, ownerId)))
    return fail(
      `${bot} shares no server with you (${ownerId})`,
      'a server in which both of you are',
      'invite the bot to a server of yours: otherwise Discord carries no DM',
    );
  if (running !== undefined && !['ready', 'rate-limited', 'catching-up'].includes(running.state))
    return warn(
      `${bot} is ${running.state}: ${running.reason ?? 'nobody knows why'}`,
      'a connection',
      'ninjad discord',
    );
  return ok(`${bot}${running === undefined ? '' : `, ${running.state}`}`);
}

async function connectionOf({ daemon, client }: DiscordSubject) {
  if (daemon.state !== 'running') return undefined;
  return client.ask('discord.get', {}).catch(() => undefined);
}

async function sharesServer(ask: Ask, ownerId: string): Promise<boolean> {
  const servers = z
    .array(z.object({ id: z.string() }))
    .catch([])
    .parse((await ask('/users/@me/guilds')).data);
  for (const { id } of servers.slice(0, maxServers))
    if ((await ask(`/guilds/${id}/members/${ownerId}`)).status === 200) return true;
  return servers.length > maxServers;
}

/** Asks the API without discord.js, which a report need not load. */
function asker(apiUrl: string, token: string): Ask {
  const base = apiUrl.replace(/\/+$/, '').replace(/\/v\d+$/, '');
  return async (path) => {
    const answer = await fetch(`${base}/v10${path}`, {
      headers: { Authorization: `Bot ${token}` },
      signal: AbortSignal.timeout(askMs),
    });
    const text = await answer.text();
    if (answer.status === 401)
      throw new NinjadError(
        'DISCORD_REFUSED',
        'Discord does not take the token (401): it was revoked, reset or mistyped',
      );
    if (answer.status >= 500 || !answer.headers.get('content-type')?.includes('json'))
      throw new Error(`it answers ${answer.status} with something that is not its API's`);
    return { status: answer.status, data: JSON.parse(text) as unknown };
  };
}
