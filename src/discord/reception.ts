import { recordActivity } from '../activity/rows.ts';
import type { EventRecord } from '../events/rows/record-events.ts';
import { HOUR } from '../lib/time.ts';
import { tellOwner } from '../tasks/tell-owner.ts';
import { type AdmitDeps, filesOf } from './admit.ts';
import { amendWaiting, waitingTask } from './amend-waiting.ts';
import { composeMessage } from './compose.ts';
import type { Inbox } from './inbox.ts';
import { keyOfMessage } from './keys.ts';
import { offerCode, pairingText } from './pairing.ts';
import {
  dmChannel,
  editPayload,
  type InteractionPayload,
  interactionPayload,
  type MessagePayload,
  messagePayload,
  packet,
  writtenTypes,
} from './payloads.ts';
import { keepChannel } from './rows/channels.ts';
import { nonceFor } from './send-part.ts';
import { isAfter } from './snowflake.ts';

export interface ReceptionDeps extends AdmitDeps {
  inbox: Inbox;
  /** Takes a task out of the queue, by the owner's wish. */
  cancelTask: (taskId: number) => Promise<void>;
  /** Answers a click or a command of the owner; it does not reject. */
  interact: (interaction: InteractionPayload) => Promise<void>;
  /** A stranger has got a code, which waits for the owner. */
  onPairing: () => void;
  now: () => Date;
}

/** Where everything that comes over the gateway is looked at first: who speaks, where, and what it is. */
export interface Reception {
  /** Takes one packet of any shape. Never throws. */
  take(raw: unknown): void;
  /** Events stand in the store: changes of their messages that came too early are made now. */
  recorded(records: readonly EventRecord[]): void;
  /** Resolves once what was taken is dealt with, except what waits in the inbox. */
  idle(): Promise<void>;
}

const maxPendingChanges = 200;
const maxUnderWay = 10_000;
const alarmEveryMs = HOUR;
/** A message of our own may come over the gateway before the answer to its request is read. */
const otherText =
  'Another program speaks with the token of your Discord bot: it has answered in your DM, and ninjad has not. Of two programs with one token both answer everything; stop the other one, or reset the token.';

/** See `Reception`. */
export function createReception(deps: ReceptionDeps): Reception {
  const { inbox, link, report } = deps;
  /** Changes of messages that the router has not recorded yet: new words, or null for gone. */
  const pending = new Map<string, MessagePayload | null>();
  let alarmedAt = -Infinity;
  let chain = Promise.resolve();
  let underWay = 0;
  /** One after the other, since a packet may have to ask Discord or the store something. */
  const inTurn = (what: string, work: () => Promise<void>): void => {
    if (underWay >= maxUnderWay) return;
    underWay += 1;
    chain = chain
      .then(work)
      .catch((thrown: unknown) => report(thrown, what))
      .finally(() => (underWay -= 1));
  };
  const defer = (key: string, change: MessagePayload | null): void => {
    pending.delete(key);
    pending.set(key, change);
    const [oldest] = pending.keys();
    if (pending.size > maxPendingChanges && oldest !== undefined) pending.delete(oldest);
  };
  const amend = async (message: MessagePayload): Promise<void> => {
    if (inbox.replace(message)) return;
    const event = composeMessage(message, await filesOf(deps, message));
    if ((await amendWaiting(deps.store, event)) === 'unknown') defer(event.dedupKey, message);
  };
  const withdraw = async (id: string): Promise<void> => {
    if (inbox.remove(id)) return;
    const key = keyOfMessage(id);
    const taskId = await waitingTask(deps.store, key);
    if (taskId === undefined) defer(key, null);
    else if (taskId !== null) await deps.cancelTask(taskId);
  };
  const created = (data: unknown): void => {
    const message = readOwn(messagePayload, data);
    if (message === undefined) return;
    const { ownerId, botId } = link.facts();
    if (message.author.id === botId) {
      inTurn('a message of the bot itself', () => ownMessage(message));
      return;
    }
    if (message.author.bot === true || message.webhook_id != null) link.ignored.bots += 1;
    else if (message.guild_id != null || !writtenTypes.has(message.type)) link.ignored.elsewhere += 1;
    else
      inTurn('a message', async () => {
        if (!(await isDm(deps, message))) link.ignored.elsewhere += 1;
        else if (message.author.id === ownerId) await fromOwner(deps, message);
        else await fromStranger(deps, message);
      });
  };
  const ownMessage = async (message: MessagePayload): Promise<void> => {
    const { nonce, content, interaction, interaction_metadata: metadata, channel_id: channelId } = message;
    if (channelId !== link.facts().channelId || interaction != null || metadata != null) return;
    if (link.sent.has(nonce == null ? undefined : String(nonce), content)) return;
    if (performance.now() - alarmedAt < alarmEveryMs) return;
    alarmedAt = performance.now();
    link.note({ trouble: otherText });
    await deps.store.transaction(async (tx) => {
      const now = deps.now();
      await recordActivity(tx, {
        at: now,
        actor: 'discord',
        action: 'discord.other-instance',
        summary: 'another program answers with the token of the bot',
        detail: { message: message.id },
      });
      await tellOwner(tx, { origin: 'delivery', text: otherText, taskId: null, now });
    });
  };
  const edited = (data: unknown): void => {
    const edit = readOwn(editPayload, data);
    if (edit === undefined || edit.channel_id !== link.facts().channelId) return;
    inTurn('an edit', async () => {
      const whole =
        messagePayload.safeParse(data).data ?? (await link.api()?.sure.message(edit.channel_id, edit.id));
      if (whole !== undefined && whole.author.id === link.facts().ownerId) await amend(whole);
    });
  };
  const deleted = (data: unknown): void => {
    const gone = readOwn(editPayload, data);
    if (gone !== undefined && gone.channel_id === link.facts().channelId)
      inTurn('a deletion', () => withdraw(gone.id));
  };
  const interacted = (data: unknown): void => {
    const interaction = readOwn(interactionPayload, data);
    if (interaction === undefined) return;
    const { ownerId } = link.facts();
    if (interaction.guild_id != null || ownerId === null || interaction.user?.id !== ownerId) {
      link.ignored.strangers += 1;
      return;
    }
    // Not in turn: Discord waits three seconds for the acknowledgement.
    void deps.interact(interaction);
  };
  function readOwn<Value>(
    schema: { safeParse(data: unknown): { data?: Value | undefined } },
    data: unknown,
  ): Value | undefined {
    const value = schema.safeParse(data).data;
    if (value === undefined) link.ignored.unreadable += 1;
    return value;
  }
  const handlers = new Map<string, (data: unknown) => void>([
    ['MESSAGE_CREATE', created],
    ['MESSAGE_UPDATE', edited],
    ['MESSAGE_DELETE', deleted],
    ['INTERACTION_CREATE', interacted],
  ]);
  return {
    take(raw) {
      const parsed = packet.safeParse(raw);
      if (!parsed.success) return;
      try {
        handlers.get(parsed.data.t)?.(parsed.data.d);
      } catch (thrown) {
        report(thrown, 'a packet');
      }
    },
    recorded(records) {
      if (pending.size === 0) return;
      for (const { dedupKey } of records) {
        const change = dedupKey === undefined ? undefined : pending.get(dedupKey);
        if (dedupKey === undefined || change === undefined) continue;
        pending.delete(dedupKey);
        if (change === null) inTurn('a deletion', () => withdraw(dedupKey.slice(keyOfMessage('').length)));
        else inTurn('an edit', () => amend(change));
      }
    },
    idle: () => chain,
  };
}

/** Not every packet says what channel it comes from; a group or a server is none where the owner alone reads. */
async function isDm(
  { link }: ReceptionDeps,
  { channel_id: channelId, channel_type: type }: MessagePayload,
): Promise<boolean> {
  if (channelId === link.facts().channelId) return true;
  if (type != null) return type === dmChannel;
  const channel = await link.api()?.sure.channel(channelId);
  return channel?.type === dmChannel;
}

async function fromOwner({ inbox, link, store, now }: ReceptionDeps, message: MessagePayload): Promise<void> {
  const { id, channel_id: channelId, author } = message;
  const { botId, channelId: known } = link.facts();
  if (known !== channelId && botId !== null) {
    await keepChannel(store, { channelId, botId, userId: author.id });
    link.note({ channelId });
  }
  link.note({ lastMessageAt: now().getTime() });
  if (isAfter(id, link.newestFromOwner)) link.newestFromOwner = id;
  inbox.offer(message);
}

/** Nothing of what a stranger writes is read; while nobody is the owner, they may get a code. */
async function fromStranger(
  { link, store, now, report, onPairing }: ReceptionDeps,
  message: MessagePayload,
): Promise<void> {
  const { ownerId, botId } = link.facts();
  link.ignored.strangers += 1;
  if (ownerId !== null || botId === null) return;
  const pairing = await offerCode(store, { botId, message, now: now() });
  if (pairing === undefined) return;
  onPairing();
  const content = pairingText(pairing);
  const nonce = nonceFor('pairing', pairing.code);
  link.sent.note(nonce, content);
  await link
    .api()
    ?.hasty.send(message.channel_id, { content, nonce })
    .catch((thrown: unknown) => report(thrown, 'the pairing code'));
}
