import { z } from 'zod';
import { recordAct } from '../activity/record-act.ts';
import type { Bus } from '../lib/bus.ts';
import { ConflictError, NotFoundError } from '../lib/errors.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import { nothing } from '../lib/operations/fields.ts';
import { type Caller, operation } from '../lib/operations/operation.ts';
import type { Store } from '../lib/store/store.ts';
import type { DiscordLink, DiscordState, Ignored } from './link.ts';
import { readCode } from './pairing.ts';
import { setOwner } from './rows/bots.ts';
import { keepChannel } from './rows/channels.ts';
import { listPairings, type Pairing, takePairing } from './rows/pairings.ts';

/** Services that the operations of Discord use. */
export interface DiscordNeeds {
  store: Store;
  bus: Pick<Bus<ListFacts>, 'emit'>;
  now: () => Date;
  discord: DiscordLink;
}

/** How the connection is, for people and programs. */
export interface DiscordView {
  state: DiscordState;
  botId: string | null;
  botName: string | null;
  ownerId: string | null;
  /** Whether the settings name the owner. */
  isOwnerSet: boolean;
  lastAckAt: Date | null;
  lastMessageAt: Date | null;
  /** The last message that the journal has. */
  cursor: string | null;
  identifiesLeft: number | null;
  /** When an IDENTIFY is free again, while none is. */
  resetAt: Date | null;
  reason: string | null;
  /** Since the start. */
  ignored: Ignored;
  pairings: Pairing[];
}

const pairInput = z.strictObject({ code: z.string().min(1).max(40) });

/** Operations of Discord. */
export const discordOperations = {
  'discord.get': operation('GET /discord', nothing, (needs: DiscordNeeds) => viewOf(needs)),
  'discord.pair': operation(
    'POST /discord/pair',
    pairInput,
    async (needs: DiscordNeeds, { code }, caller) => {
      const { userId, userName } = await pair(needs, caller, readCode(code));
      needs.discord.note({ ownerId: userId });
      needs.discord.ownerChanged();
      needs.bus.emit('list.changed', { list: 'discord.get' });
      return {
        ownerId: userId,
        message: `${userName === '' ? userId : `${userName} (${userId})`} is the owner now`,
      };
    },
    { faces: ['dashboard', 'api', 'cli'] },
  ),
  'discord.unpair': operation(
    'POST /discord/unpair',
    nothing,
    async (needs: DiscordNeeds, _, caller) => {
      const ownerId = await unpair(needs, caller);
      needs.discord.note({ ownerId: null, channelId: null, cursor: null });
      needs.discord.ownerChanged();
      needs.bus.emit('list.changed', { list: 'discord.get' });
      return { ownerId: null, message: `${ownerId} is not the owner any more` };
    },
    { faces: ['dashboard', 'api', 'cli'] },
  ),
};

async function viewOf({ discord, store, now }: DiscordNeeds): Promise<DiscordView> {
  const facts = discord.facts();
  const { state, botId, botName, ownerId, isOwnerSet, cursor, identifiesLeft } = facts;
  // How the connection is must be seen also while the store is away.
  const pairings =
    botId === null || ownerId !== null ? [] : await listPairings(store, botId, now()).catch(() => []);
  return {
    state,
    botId,
    botName,
    ownerId,
    isOwnerSet,
    lastAckAt: dateOf(facts.lastAckAt),
    lastMessageAt: dateOf(facts.lastMessageAt),
    cursor,
    identifiesLeft,
    resetAt: dateOf(facts.resetAt),
    reason: facts.reason ?? facts.trouble,
    ignored: { ...discord.ignored },
    pairings,
  };
}

function pair({ store, discord, now }: DiscordNeeds, caller: Caller, code: string): Promise<Pairing> {
  const { botId, ownerId } = discord.facts();
  if (botId === null) throw new ConflictError('Discord has not been connected yet, so nobody has a code');
  if (ownerId !== null)
    throw new ConflictError(
      `${ownerId} is the owner already; \`ninjad discord unpair\` first, or change discord.ownerId`,
    );
  return store.transaction(async (tx) => {
    const at = now();
    const pairing = await takePairing(tx, { botId, code, now: at });
    if (pairing === undefined)
      throw new NotFoundError(
        'nobody has that code: it holds for 10 minutes; write to the bot for a new one',
      );
    await setOwner(tx, botId, pairing.userId, at);
    await keepChannel(tx, { channelId: pairing.channelId, botId, userId: pairing.userId });
    await recordAct(tx, caller, {
      at,
      action: 'discord.paired',
      summary: `the Discord user ${pairing.userId} was paired as the owner`,
      detail: { user: pairing.userId, bot: botId },
    });
    return pairing;
  });
}

function unpair({ store, discord, now }: DiscordNeeds, caller: Caller): Promise<string> {
  const { botId, ownerId, isOwnerSet } = discord.facts();
  if (botId === null || ownerId === null) throw new ConflictError('nobody is paired');
  if (isOwnerSet)
    throw new ConflictError('discord.ownerId (DISCORD_OWNER_ID) names the owner: change it there');
  return store.transaction(async (tx) => {
    const at = now();
    await setOwner(tx, botId, null, at);
    await recordAct(tx, caller, {
      at,
      action: 'discord.unpaired',
      summary: `the Discord user ${ownerId} is not the owner any more`,
      detail: { user: ownerId, bot: botId },
    });
    return ownerId;
  });
}

function dateOf(at: number | null): Date | null {
  return at === null ? null : new Date(at);
}
