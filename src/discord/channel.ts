import { createHash } from 'node:crypto';
import { z } from 'zod';
import { eventKey } from '../lib/wire/event-key.ts';
import type { Store } from '../lib/store/store.ts';
import {
  type Channel,
  ChannelAwayError,
  MessageRefusedError,
  type OutgoingMessage,
} from '../outbox/channel.ts';
import type { DiscordApi } from './api.ts';
import type { Drafts } from './drafts.ts';
import { keyPrefix } from './keys.ts';
import type { DiscordLink } from './link.ts';
import type { MessagePayload } from './payloads.ts';
import { channelErrorOf, refusalOf } from './refusal.ts';
import type { Draft } from './rows/drafts.ts';
import { nonceOf, type OutgoingPart, partsOf } from './send-part.ts';
import { isAfter } from './snowflake.ts';

export interface ChannelDeps {
  store: Store;
  link: DiscordLink;
  drafts: Pick<Drafts, 'settle' | 'end'>;
}

/** What is kept of a delivery: the id of each of its messages that has arrived, and the hash of what it says. */
const answerSchema = z.object({ parts: z.array(z.object({ id: z.string(), hash: z.string() }).nullable()) });
type SentParts = (z.output<typeof answerSchema>['parts'][number] | undefined)[];

/** Longest time for all messages of one delivery. */
const deadlineMs = 60_000;
const readBackPages = 3;
const pageSize = 100;
const unknownMessage = 10_008;

/**
 * The way out by Discord. A delivery is one message or several; each that has arrived is known by its id, so that a retry
 * sends what is missing. After an attempt of which nobody knows how it ended, the last messages of the channel are looked
 * through first. A reply that was shown while it was written is committed by an edit of that message.
 */
export function createDiscordChannel(deps: ChannelDeps): Channel {
  const { link } = deps;
  return {
    name: 'discord',
    repeats: 'recognised',
    deadlineMs,
    ownerAddress: () => link.facts().channelId ?? undefined,
    onBack: (listener) => link.onBack(listener),
    deliver: (message, signal) => deliver(deps, message, signal),
  };
}

async function deliver(deps: ChannelDeps, message: OutgoingMessage, signal: AbortSignal): Promise<unknown> {
  const { link, drafts } = deps;
  const { state, reason, channelId, botId } = link.facts();
  const api = link.api()?.sure;
  if (api === undefined || channelId === null || botId === null) {
    const why = reason ?? `it is ${state}`;
    throw new ChannelAwayError(`Discord is not connected: ${why}`, { mayHaveArrived: false });
  }
  if (message.address !== channelId)
    throw new MessageRefusedError(`discord:${message.address} is not the DM channel of the owner`);
  const parts = partsOf(message.text);
  const sent = knownParts(message.lastAnswer, parts);
  const { taskId, kind } = message;
  try {
    const draft = taskId === null || kind === 'news' ? undefined : await drafts.settle(taskId);
    if (message.mayBeRepeat || draft?.messageId === null)
      await readBack({ ...deps, api, botId }, { message, parts, draft }, sent);
    await sendMissing({ ...deps, api, botId }, { message, parts, draft, signal }, sent);
    if (draft !== undefined && taskId !== null) await drafts.end(taskId);
  } catch (thrown) {
    noteTrouble(link, thrown);
    throw channelErrorOf(thrown, answerOf(sent));
  }
  if (link.facts().trouble?.includes('(50007)') === true) link.note({ trouble: null });
  return answerOf(sent);
}

interface Open extends ChannelDeps {
  api: DiscordApi;
  botId: string;
}

interface Outgoing {
  message: OutgoingMessage;
  parts: readonly OutgoingPart[];
  draft: Draft | undefined;
}

async function sendMissing(
  { api, link, store }: Open,
  { message, parts, draft, signal }: Outgoing & { signal: AbortSignal },
  sent: SentParts,
): Promise<void> {
  const { address, token, eventId } = message;
  for (const [index, part] of parts.entries()) {
    if (sent[index] != null) continue;
    const nonce = nonceOf(token, index);
    link.sent.note(nonce, part.content);
    const committed = index === 0 && draft != null ? await commitDraft(api, draft, part, signal) : undefined;
    const answers = index === 0 ? await answeredMessage({ store, link }, eventId) : undefined;
    const id = committed ?? (await api.send(address, { ...part, nonce, answers }, signal)).id;
    sent[index] = { id, hash: hashOf(part) };
  }
}

/** Makes the draft the reply; undefined where its message is gone. */
async function commitDraft(
  api: DiscordApi,
  { channelId, messageId }: Draft,
  part: OutgoingPart,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (messageId === null) return undefined;
  try {
    await api.edit(channelId, messageId, part, signal);
    return messageId;
  } catch (thrown) {
    const refusal = refusalOf(thrown);
    if (refusal.kind === 'refused' && refusal.code === unknownMessage) return undefined;
    throw thrown;
  }
}

/** The message that a reply has to name, since the owner has written another one after it. */
async function answeredMessage(
  { store, link }: Pick<ChannelDeps, 'store' | 'link'>,
  eventId: number | null,
): Promise<string | undefined> {
  if (eventId === null || link.newestFromOwner === null) return undefined;
  const id = await messageOfEvent(store, eventId);
  return id !== undefined && isAfter(link.newestFromOwner, id) ? id : undefined;
}

async function messageOfEvent(store: Pick<Store, 'query'>, eventId: number): Promise<string | undefined> {
  const { rows } = await store.query<{ key: string | null }>({
    name: 'discord-message-of-event',
    text: `SELECT dedup_key AS key FROM events WHERE id = $1`,
    values: [eventId],
  });
  const prefix = eventKey('discord', keyPrefix);
  const key = rows[0]?.key ?? '';
  const id = key.startsWith(prefix) ? key.slice(prefix.length) : '';
  return /^\d{15,20}$/.test(id) ? id : undefined;
}

/**
 * Finds those parts among the last messages of the channel which an earlier attempt has sent: by nonce, where Discord tells
 * it, else by content, unless another delivery is known to be that message.
 */
async function readBack(
  { api, botId, store }: Open,
  { message, parts, draft }: Outgoing,
  sent: SentParts,
): Promise<void> {
  const { address, eventId, token } = message;
  const since = eventId === null ? undefined : await messageOfEvent(store, eventId);
  const taken = await messagesOfOthers(store, address, message.subject);
  for (const each of sent) if (each != null) taken.add(each.id);
  const mine = (await lastMessages(api, address, since)).filter(
    ({ author, id }) => author.id === botId && !taken.has(id),
  );
  const find = (holds: (found: MessagePayload) => boolean): string | undefined => {
    const found = mine.find((each) => !taken.has(each.id) && holds(each));
    if (found !== undefined) taken.add(found.id);
    return found?.id;
  };
  if (draft?.messageId === null) draft.messageId = find(({ nonce }) => String(nonce) === draft.nonce) ?? null;
  for (const [index, part] of parts.entries()) {
    if (sent[index] != null || (index === 0 && draft?.messageId != null)) continue;
    const id =
      find(({ nonce }) => nonce != null && String(nonce) === nonceOf(token, index)) ??
      find(({ content }) => content.trim() === part.content.trim());
    if (id !== undefined) sent[index] = { id, hash: hashOf(part) };
  }
}

/** Oldest first; back to the message that is answered, where that is known. */
async function lastMessages(
  api: DiscordApi,
  channelId: string,
  since: string | undefined,
): Promise<MessagePayload[]> {
  let all: MessagePayload[] = [];
  for (let page = 0; page < readBackPages; page += 1) {
    const [oldest] = all;
    const found = await api.messages(channelId, {
      limit: pageSize,
      ...(oldest !== undefined && { before: oldest.id }),
    });
    all = [...found, ...all];
    const reached = found[0];
    if (found.length < pageSize || reached === undefined) break;
    if (since !== undefined && !isAfter(reached.id, since)) break;
  }
  return since === undefined ? all : all.filter(({ id }) => isAfter(id, since));
}

async function messagesOfOthers(
  store: Pick<Store, 'query'>,
  address: string,
  subject: string,
): Promise<Set<string>> {
  const { rows } = await store.query<{ id: string | null }>({
    name: 'discord-messages-of-others',
    text: `SELECT part->>'id' AS id
             FROM (SELECT answer FROM deliveries
                    WHERE channel = 'discord' AND address = $1 AND subject <> $2 AND answer IS NOT NULL
                    ORDER BY id DESC LIMIT 300) AS other
            CROSS JOIN LATERAL jsonb_array_elements(
              CASE WHEN jsonb_typeof(answer->'parts') = 'array' THEN answer->'parts' ELSE '[]' END) AS part`,
    values: [address, subject],
  });
  return new Set(rows.flatMap(({ id }) => id ?? []));
}

function knownParts(lastAnswer: unknown, parts: readonly OutgoingPart[]): SentParts {
  const known = answerSchema.safeParse(lastAnswer).data?.parts ?? [];
  return parts.map((part, index) => {
    const before = known[index];
    return before != null && before.hash === hashOf(part) ? before : undefined;
  });
}

function answerOf(sent: SentParts): z.output<typeof answerSchema> {
  return { parts: sent.map((each) => each ?? null) };
}

function hashOf({ content, file }: OutgoingPart): string {
  return createHash('sha256')
    .update(JSON.stringify([content, file?.text]))
    .digest('hex')
    .slice(0, 16);
}

/** Closed DMs are no outage, but the owner should see why nothing comes; a token that is refused ends the connection. */
function noteTrouble(link: DiscordLink, thrown: unknown): void {
  const refusal = refusalOf(thrown);
  if (refusal.kind === 'refused' && refusal.code === 50_007) link.note({ trouble: refusal.reason });
  if (refusal.kind === 'unauthorised') link.endWith(refusal);
}
