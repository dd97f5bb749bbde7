import { findDedupKeys } from '../events/rows/record-events.ts';
import { eventKey } from '../lib/wire/event-key.ts';
import type { Store } from '../lib/store/store.ts';
import { DAY, MINUTE } from '../lib/time.ts';
import { commandOf } from '../lib/reflexes/command.ts';
import { localTime } from '../lib/local-time.ts';
import { tellOwner } from '../tasks/tell-owner.ts';
import { type AdmitDeps, admitBatch } from './admit.ts';
import type { DiscordApi } from './api.ts';
import { keyOfMessage } from './keys.ts';
import type { Inbox } from './inbox.ts';
import { type MessagePayload, writtenTypes } from './payloads.ts';
import { beginBatch, type DmChannel, keepChannel, moveCursor } from './rows/channels.ts';
import { idAt, madeAt } from './snowflake.ts';

export interface CatchUpDeps extends AdmitDeps {
  api: DiscordApi;
  inbox: Inbox;
  now: () => number;
}

const maxAgeMs = DAY;
const maxMessages = 50;
/** What is younger was missed by a moment: each such message is a turn of its own, as if it had come live. */
const freshMs = 5 * MINUTE;
const pageSize = 100;
const maxPages = 10;

/**
 * Takes in what the owner wrote while nobody listened, from the cursor on. Without a cursor it only sets one. Rejects with
 * what discord.js or the store throws; to do it again doubles nothing.
 */
export async function catchUp(deps: CatchUpDeps, signal: AbortSignal): Promise<void> {
  const { api, inbox, link } = deps;
  const { ownerId, botId } = link.facts();
  if (ownerId === null || botId === null) return;
  const { id: channelId } = await api.openDm(ownerId);
  await inbox.idle();
  for (;;) {
    signal.throwIfAborted();
    const channel = await keepChannel(deps.store, { channelId, botId, userId: ownerId });
    link.note({ channelId, cursor: channel.cursor });
    if (channel.cursor === null) return beginAtNewest(deps, channelId);
    const found = await messagesAfter(api, channelId, channel.cursor);
    const written = found.filter((message) => isWritten(message, ownerId));
    const plan = planOf(await withoutKnown(deps.store, written), channel, deps.now());
    await follow(deps, channelId, plan);
    await inbox.idle();
    if (plan.batch.length > 0) continue;
    const newest = found.at(-1);
    if (newest !== undefined) await moved(deps, channelId, newest.id);
    return;
  }
}

/** The cursor may have stayed behind what the journal has. */
async function withoutKnown(store: Store, messages: readonly MessagePayload[]): Promise<MessagePayload[]> {
  if (messages.length === 0) return [];
  const keyOf = ({ id }: MessagePayload): string => eventKey('discord', keyOfMessage(id));
  const known = await findDedupKeys(store, messages.map(keyOf));
  return messages.filter((message) => !known.has(keyOf(message)));
}

/** What becomes of the messages that were missed. */
export interface CatchUpPlan {
  /** Too old or too many: listed for the owner, and nothing comes of them. */
  older: MessagePayload[];
  /** Taken in as one event, up to `until`. */
  batch: MessagePayload[];
  until: string | null;
  /** Taken in one by one; `isBeforeBatch` must not move the cursor. */
  single: { message: MessagePayload; isBeforeBatch: boolean }[];
}

/** Plans for the missed messages of the owner, oldest first. A batch that was begun before a crash is the same again. */
export function planOf(
  messages: readonly MessagePayload[],
  { batchUntil }: Pick<DmChannel, 'batchUntil'>,
  now: number,
): CatchUpPlan {
  const isOfBegun = ({ id }: MessagePayload): boolean =>
    batchUntil !== null && BigInt(id) <= BigInt(batchUntil);
  const begun = messages.filter(isOfBegun);
  const rest = messages.filter((message) => !isOfBegun(message));
  if (begun.length > 0) return planBatch({ older: [], together: begun, until: batchUntil });
  const recent = rest.filter(({ id }) => now - madeAt(id) <= maxAgeMs).slice(-maxMessages);
  const older = rest.slice(0, rest.length - recent.length);
  const late = recent.filter((message) => now - madeAt(message.id) > freshMs);
  if (late.filter((message) => !isCommand(message)).length < 2)
    return {
      older,
      batch: [],
      until: null,
      single: recent.map((message) => ({ message, isBeforeBatch: false })),
    };
  return planBatch({ older, together: late, until: late.at(-1)?.id ?? null });
}

function planBatch({
  older,
  together,
  until,
}: {
  older: MessagePayload[];
  together: MessagePayload[];
  until: string | null;
}): CatchUpPlan {
  const commands = together.filter(isCommand);
  const batch = together.filter((message) => !isCommand(message));
  return { older, batch, until, single: commands.map((message) => ({ message, isBeforeBatch: true })) };
}

async function follow(
  deps: CatchUpDeps,
  channelId: string,
  { older, batch, until, single }: CatchUpPlan,
): Promise<void> {
  const { store, inbox } = deps;
  const lastOlder = older.at(-1);
  if (lastOlder !== undefined) await listOlder(store, channelId, older, lastOlder.id, new Date(deps.now()));
  if (until !== null) await beginBatch(store, channelId, until);
  for (const { message, isBeforeBatch } of single) inbox.catchUp(message, { movesCursor: !isBeforeBatch });
  await inbox.idle();
  if (until !== null && batch.length > 0) await admitBatch(deps, channelId, batch, until);
}

async function beginAtNewest(deps: CatchUpDeps, channelId: string): Promise<void> {
  const newest = (await deps.api.messages(channelId, { limit: 1 })).at(-1);
  await moved(deps, channelId, newest?.id ?? idAt(deps.now()));
}

async function moved({ store, link }: CatchUpDeps, channelId: string, id: string): Promise<void> {
  await moveCursor(store, channelId, id);
  const { cursor } = link.facts();
  if (cursor === null || BigInt(id) > BigInt(cursor)) link.note({ cursor: id });
}

/** Oldest first, as many pages as are sensible. */
async function messagesAfter(api: DiscordApi, channelId: string, cursor: string): Promise<MessagePayload[]> {
  const all: MessagePayload[] = [];
  for (let page = 0; page < maxPages; page += 1) {
    const found = await api.messages(channelId, { after: all.at(-1)?.id ?? cursor, limit: pageSize });
    all.push(...found);
    if (found.length < pageSize) break;
  }
  return all;
}

/** In one transaction with the cursor, so that they are listed once. */
async function listOlder(
  store: Store,
  channelId: string,
  older: readonly MessagePayload[],
  last: string,
  now: Date,
): Promise<void> {
  await store.transaction(async (tx) => {
    await tellOwner(tx, { origin: 'delivery', text: digestOf(older), taskId: null, now });
    await moveCursor(tx, channelId, last);
  });
}

const listedChars = 60;
const listedMessages = 20;

/** One line on messages that nothing comes of. */
export function digestOf(older: readonly MessagePayload[]): string {
  const [first] = older;
  const last = older.at(-1);
  const when = [first, last].flatMap((message) =>
    message === undefined ? [] : localTime(new Date(madeAt(message.id))),
  );
  const texts = older
    .slice(-listedMessages)
    .map(({ content }) => JSON.stringify(content.replace(/\s+/g, ' ').slice(0, listedChars)));
  const left = older.length - texts.length;
  return `${older.length} ${older.length === 1 ? 'message' : 'messages'} on Discord came while ninjad was away for long (${[...new Set(when)].join(' to ')}), and nothing was done about ${older.length === 1 ? 'it' : 'them'}: ${texts.join(', ')}${left > 0 ? ` and ${left} before` : ''}. Send again what still matters.`;
}

function isWritten({ author, type, webhook_id: webhook }: MessagePayload, ownerId: string): boolean {
  return author.id === ownerId && author.bot !== true && webhook == null && writtenTypes.has(type);
}

function isCommand({ content }: MessagePayload): boolean {
  return commandOf(content.trim()) !== undefined;
}
