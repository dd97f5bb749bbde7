import { hostname } from 'node:os';
import { fromPromise } from 'xstate';
import type { Prepared } from '../../machines/discord/protocol.ts';
import type { DiscordLink } from '../../src/discord/link.ts';
import { refusalOf } from '../../src/discord/refusal.ts';
import { type HeldBot, holdBot } from '../../src/discord/rows/bots.ts';
import { identifyBudget } from '../../src/discord/rows/identifies.ts';
import type { TokenSource } from '../../src/discord/settings.ts';
import { botIdOf, readToken } from '../../src/discord/token.ts';
import { messageOf, StoreAwayError } from '../../src/lib/errors.ts';
import { localTime } from '../../src/lib/local-time.ts';
import { HOUR, MINUTE } from '../../src/lib/time.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { type Connection, createConnection, type DiscordModule, loadDiscord } from './connection.ts';

export interface PrepareDeps {
  store: Store;
  link: DiscordLink;
  /** The UUID of this daemon's journal. */
  worker: string;
  settings: () => {
    token: TokenSource | null;
    ownerId: string | null;
    botId: string | null;
    apiUrl: string;
  };
  env?: NodeJS.ProcessEnv;
  /** Takes the connection over; the one before it is closed. */
  keep: (connection: Connection, bot: HeldBot) => void;
  load?: () => Promise<DiscordModule>;
  now?: () => Date;
}

/** A park is looked at anew at least so often, since the owner may have mended what it was for. */
const longestParkMs = HOUR;

/** Looks at everything that would make a connection fail, before it could cost an IDENTIFY. */
export function createPrepare(deps: PrepareDeps) {
  return fromPromise<Prepared>(() => prepare(deps));
}

async function prepare(deps: PrepareDeps): Promise<Prepared> {
  const { settings, env, link, load = loadDiscord } = deps;
  const { token: source, botId: expected, apiUrl } = settings();
  if (source === null) return { kind: 'disabled' };
  const read = await readToken(source, env);
  if ('problem' in read) return { kind: 'unauthorised', reason: read.problem };
  const { token } = read;
  const connection = createConnection(await load(), {
    token,
    apiUrl,
    onLimited: (waitMs) => link.limited(waitMs),
  });
  try {
    const me = await connection.api.sure.me();
    link.note({ botId: me.id, botName: me.username });
    const wanted = expected ?? botIdOf(token) ?? me.id;
    if (wanted !== me.id)
      return close(connection, {
        kind: 'unauthorised',
        reason: `the token is that of the bot ${me.id} (${me.username}), and ${wanted} was expected`,
      });
    return await hold(deps, connection, me.id);
  } catch (thrown) {
    return close(connection, failureOf(thrown));
  }
}

/** Takes the bot for this daemon, and looks at what is left of the IDENTIFYs. */
async function hold(deps: PrepareDeps, connection: Connection, botId: string): Promise<Prepared> {
  const { store, link, worker, settings, keep, now = () => new Date() } = deps;
  const at = now();
  const holding = await store.transaction((tx) =>
    holdBot(tx, { botId, holder: worker, host: hostname(), now: at }),
  );
  if ('other' in holding) {
    const { host, since } = holding.other;
    return close(connection, {
      kind: 'parked',
      reason: `the bot is held by the ninjad on ${host} since ${localTime(since)}`,
      waitMs: MINUTE,
    });
  }
  const { ownerId } = settings();
  link.note({ ownerId: ownerId ?? holding.held.ownerId, isOwnerSet: ownerId !== null });
  const parked = await whyParked(deps, connection, botId);
  if (parked !== undefined) return close(connection, parked);
  keep(connection, holding.held);
  return { kind: 'open' };
}

async function whyParked(
  { store, link, now = () => new Date() }: PrepareDeps,
  connection: Connection,
  botId: string,
): Promise<Prepared | undefined> {
  const at = now();
  const own = await identifyBudget(store, botId, at);
  const { session_start_limit: limit } = await connection.api.sure.gateway();
  const left = Math.min(own.left, Math.max(0, limit.remaining));
  const resets = [
    ...(own.left === 0 && own.resetAt !== null ? [own.resetAt.getTime()] : []),
    ...(limit.remaining <= 0 ? [at.getTime() + limit.reset_after] : []),
  ];
  link.note({ identifiesLeft: left, resetAt: resets.length === 0 ? null : Math.max(...resets) });
  if (resets.length === 0) return undefined;
  const resetAt = new Date(Math.max(...resets));
  return {
    kind: 'parked',
    reason: `${own.left === 0 ? 'ninjad has opened 50 sessions in a day' : 'Discord allows no session now'}; one more may cost the token. The next one is free at ${localTime(resetAt)}`,
    waitMs: Math.min(longestParkMs, Math.max(1_000, resetAt.getTime() - at.getTime())),
  };
}

/** What a failed request or statement means for the connection. */
function failureOf(thrown: unknown): Prepared {
  if (thrown instanceof StoreAwayError)
    return { kind: 'away', reason: `the database is away: ${messageOf(thrown)}` };
  const refusal = refusalOf(thrown);
  switch (refusal.kind) {
    case 'unauthorised':
      return { kind: 'unauthorised', reason: refusal.reason };
    case 'busy':
      return {
        kind: 'parked',
        reason: 'Discord asks for a pause before anything else (429)',
        waitMs: Math.min(longestParkMs, Math.max(1_000, refusal.retryAfterMs)),
      };
    case 'refused':
    case 'away':
      return { kind: 'away', reason: refusal.reason };
  }
}

function close(connection: Connection, prepared: Prepared): Prepared {
  connection.close();
  return prepared;
}
