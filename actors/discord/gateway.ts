import type * as DiscordJs from 'discord.js';
import { fromCallback } from 'xstate';
import type { GatewayFact } from '../../machines/discord/protocol.ts';
import type { DiscordLink } from '../../src/discord/link.ts';
import { refusalOf } from '../../src/discord/refusal.ts';
import { takeIdentify } from '../../src/discord/rows/identifies.ts';
import { messageOf, StoreAwayError } from '../../src/lib/errors.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { rest } from '../../src/lib/rest.ts';
import { HOUR, SECOND } from '../../src/lib/time.ts';
import type { Connection } from './connection.ts';
import { contained, containShard } from './contain.ts';

export interface GatewayDeps {
  store: Store;
  link: DiscordLink;
  /** The connection that was prepared. */
  connection: () => Connection;
  /** Takes each packet; never throws. */
  take: (packet: unknown) => void;
  /** A session begins without the one before it: live messages are to wait. */
  onSession: () => void;
  report: (thrown: unknown, what: string) => void;
  now?: () => Date;
}

type End = Extract<GatewayFact, { type: 'gateway.closed' }>['end'];

/** Discord takes one in five seconds. */
const betweenIdentifiesMs = 5 * SECOND;
const storeRetryMs = 2 * SECOND;
/** A shorter wait is no state worth showing. */
const shownLimitMs = SECOND;
const closeMs = SECOND;
const authenticationFailed = 4004;
const refusals: Readonly<Record<number, string>> = {
  4010: 'an invalid shard',
  4011: 'a bot in so many servers without shards',
  4012: 'the version of its API that this discord.js speaks',
  4013: 'the intents, which are invalid',
  4014: 'the intents, which the bot may not have: on the page "Bot" of the developer portal no privileged intent is needed',
};

/**
 * The gateway through discord.js, for as long as this actor lives. Whatever the library throws or emits as an error ends
 * here: as a fact, or as a line in the log.
 */
export function createGateway(deps: GatewayDeps) {
  return fromCallback<GatewayFact>(({ sendBack }) => {
    const tellMachine = (fact: GatewayFact): void => sendBack(fact);
    const stop = new AbortController();
    let isOver = false;
    const end = (how: End): void => {
      if (isOver || stop.signal.aborted) return;
      isOver = true;
      tellMachine({ type: 'gateway.closed', end: how });
    };
    const { link, report } = deps;
    const connection = deps.connection();
    link.open(connection.api);
    const gate = createIdentifyGate(deps, stop.signal, () =>
      end({ kind: 'away', reason: 'no IDENTIFY is left for today' }),
    );
    const shards: object[] = [];
    let client: DiscordJs.Client | undefined;
    try {
      client = createClient(deps, { gate, shards, tellMachine, end });
    } catch (thrown) {
      end({ kind: 'away', reason: `discord.js could not be set up: ${messageOf(thrown)}` });
    }
    client?.login(connection.token).catch((thrown: unknown) => {
      report(thrown, 'the login');
      end(endOf(thrown));
    });
    const forgets = [
      link.onOwner(() => tellMachine({ type: 'gateway.owner' })),
      link.onBehind(() => tellMachine({ type: 'gateway.behind' })),
      link.onEnd(end),
      link.onLimited((waitMs) => {
        if (waitMs >= shownLimitMs) tellMachine({ type: 'gateway.limited', waitMs });
      }),
    ];
    return () => {
      stop.abort();
      for (const forget of forgets) forget();
      link.open(undefined);
      if (client !== undefined) void closeClient(client, shards, report);
      connection.close();
    };
  });
}

/** An emitter whose events are wider than its types say: errors, and what the library keeps to itself. */
interface Emitter {
  on(name: string, listener: (value: never) => void): unknown;
}

interface ClientDeps {
  gate: (signal: AbortSignal) => Promise<void>;
  shards: object[];
  tellMachine: (fact: GatewayFact) => void;
  end: (how: End) => void;
}

function createClient(deps: GatewayDeps, { gate, shards, tellMachine, end }: ClientDeps): DiscordJs.Client {
  const { link, report, now = () => new Date() } = deps;
  const { discord, apiUrl } = deps.connection();
  const onFault = (thrown: unknown, isVital: boolean): void => {
    link.ignored.unreadable += 1;
    report(thrown, 'the gateway');
    if (isVital) end({ kind: 'away', reason: `the connection to the gateway broke: ${messageOf(thrown)}` });
  };
  const client = new discord.Client({
    intents: [discord.GatewayIntentBits.DirectMessages],
    partials: [discord.Partials.Channel],
    shards: [0],
    shardCount: 1,
    // Packets are read as they come; nothing of theirs needs to be remembered.
    makeCache: discord.Options.cacheWithLimits({ MessageManager: 0, UserManager: 10, ReactionManager: 0 }),
    allowedMentions: { parse: [] },
    rest: { api: apiUrl, retries: 0 },
    ws: {
      buildIdentifyThrottler: () =>
        Promise.resolve({ waitForIdentify: (_: number, signal: AbortSignal) => gate(signal) }),
      buildStrategy: (manager) => {
        const strategy = new discord.SimpleShardingStrategy(manager);
        const spawn = strategy.spawn.bind(strategy);
        strategy.spawn = async (ids) => {
          await spawn(ids);
          for (const shard of (strategy as unknown as { shards: Map<number, object> }).shards.values()) {
            containShard(shard, onFault);
            shards.push(shard);
          }
          for (const shard of client.ws.shards.values())
            (shard as unknown as Emitter).on('error', (thrown: unknown) => report(thrown, 'a shard'));
        };
        const shardEvents = manager as unknown as Emitter;
        shardEvents.on('heartbeat', () => {
          link.note({ lastAckAt: now().getTime() });
          tellMachine({ type: 'gateway.acked' });
        });
        shardEvents.on('ready', () => {
          deps.onSession();
          tellMachine({ type: 'gateway.ready' });
          // The first regular one is up to 45 s away.
          contained(
            () => manager.send(0, { op: discord.GatewayOpcodes.Heartbeat, d: null }),
            (thrown) => onFault(thrown, false),
          );
        });
        shardEvents.on('resumed', () => {
          tellMachine({ type: 'gateway.resumed' });
          contained(
            () => manager.send(0, { op: discord.GatewayOpcodes.Heartbeat, d: null }),
            (thrown) => onFault(thrown, false),
          );
        });
        shardEvents.on('closed', ({ code }: { code: number }) => {
          const how = endOfCode(code);
          if (how !== undefined) end(how);
          else
            tellMachine({
              type: 'gateway.lost',
              reason: `the gateway closed the line (${code}); discord.js connects again`,
            });
        });
        return strategy;
      },
    },
  });
  containPackets(client, onFault);
  const clientEvents = client as unknown as Emitter;
  clientEvents.on('raw', (packet: unknown) => deps.take(packet));
  for (const name of ['error', 'shardError', 'warn'])
    clientEvents.on(name, (thrown: unknown) => report(thrown, `discord.js (${name})`));
  (client.ws as unknown as Emitter).on('error', (thrown: unknown) => report(thrown, 'the gateway'));
  (client.rest as unknown as Emitter).on('error', (thrown: unknown) => report(thrown, 'the REST client'));
  clientEvents.on('invalidated', () =>
    end({ kind: 'away', reason: 'Discord has ended the session for good' }),
  );
  return client;
}

/** The library's own reading of packets keeps its caches; nothing here needs it to succeed. */
function containPackets(
  client: DiscordJs.Client,
  onFault: (thrown: unknown, isVital: boolean) => void,
): void {
  const manager = client.ws as unknown as { handlePacket: (...args: unknown[]) => unknown };
  const handlePacket = manager.handlePacket.bind(manager);
  manager.handlePacket = (...args) =>
    contained(
      () => handlePacket(...args),
      (thrown) => onFault(thrown, false),
    );
}

/**
 * Stands before each IDENTIFY, those that discord.js sends by itself included: it takes one out of the kept budget. Where one
 * must not be sent it waits until the line is closed: to reject before would send one all the same.
 */
function createIdentifyGate(
  { store, link, report, now = () => new Date() }: GatewayDeps,
  stop: AbortSignal,
  onSpent: () => void,
): (closed: AbortSignal) => Promise<void> {
  let lastAt = -Infinity;
  const take = async (): Promise<boolean | undefined> => {
    try {
      const { botId } = link.facts();
      return botId !== null && (await store.transaction((tx) => takeIdentify(tx, botId, now())));
    } catch (thrown) {
      if (!(thrown instanceof StoreAwayError)) report(thrown, 'the budget of IDENTIFYs');
      return undefined;
    }
  };
  return async (closed) => {
    const over = AbortSignal.any([stop, closed]);
    await rest(Math.max(0, lastAt + betweenIdentifiesMs - performance.now()), over);
    const isOver = (): boolean => over.aborted;
    while (!isOver()) {
      const taken = await take();
      if (taken === true && !isOver()) {
        link.note({ identifiesLeft: Math.max(0, (link.facts().identifiesLeft ?? 1) - 1) });
        lastAt = performance.now();
        return;
      }
      if (taken === false) {
        onSpent();
        break;
      }
      await rest(storeRetryMs, over);
    }
    await untilAborted(closed);
  };
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = (): void => reject(signal.reason as Error);
    if (signal.aborted) refuse();
    else signal.addEventListener('abort', refuse, { once: true });
  });
}

function endOf(thrown: unknown): End {
  const { code } = thrown as { code?: unknown };
  if (code === 'TokenInvalid')
    return { kind: 'unauthorised', reason: 'Discord does not take the token (401)' };
  const refusal = refusalOf(thrown);
  return refusal.kind === 'unauthorised'
    ? { kind: 'unauthorised', reason: refusal.reason }
    : { kind: 'away', reason: refusal.reason };
}

/** How it goes on after a close that discord.js does not recover from; undefined after any other. */
function endOfCode(code: number): End | undefined {
  if (code === authenticationFailed)
    return {
      kind: 'unauthorised',
      reason: 'the gateway does not take the token (4004): it was revoked, reset or mistyped',
    };
  const what = refusals[code];
  return what === undefined
    ? undefined
    : { kind: 'parked', reason: `the gateway refuses ${what} (${code})`, waitMs: 6 * HOUR };
}

async function closeClient(
  client: DiscordJs.Client,
  shards: readonly object[],
  report: GatewayDeps['report'],
): Promise<void> {
  const closing = client.destroy().catch((thrown: unknown) => report(thrown, 'closing the gateway'));
  await Promise.race([closing, rest(closeMs, AbortSignal.timeout(2 * closeMs))]);
  // A gateway that does not answer the close would keep the process for half a minute.
  for (const shard of shards) (shard as { connection?: { terminate?(): void } }).connection?.terminate?.();
}
