import { z } from 'zod';
import type { Bus } from '../lib/bus.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import { conversationName, limit, page, text } from '../lib/operations/fields.ts';
import { operation } from '../lib/operations/operation.ts';
import type { Page } from '../lib/operations/page.ts';
import type { Store } from '../lib/store/store.ts';
import { type Conversation, conversationOf } from './conversation.ts';
import { countUnread, listConversations, markRead } from './rows/conversations.ts';
import { listTurns } from './rows/turns.ts';
import type { createChatSender } from './sender.ts';
import { type ChatTurn, type LiveReplyOf, turnOf } from './turn.ts';

/** Services that the operations of the chat use. */
export interface ChatNeeds {
  store: Store;
  bus: Pick<Bus<ListFacts>, 'emit'>;
  sendMessage: ReturnType<typeof createChatSender>;
  liveReplies: { of: LiveReplyOf };
}

const sendInput = z.strictObject({
  conversation: conversationName,
  text,
  /** Made by the page once for each message; a repeated one is answered and does nothing. */
  dedupKey: z.string().regex(/^[A-Za-z0-9._:-]{8,128}$/, 'expected 8 to 128 letters, digits and ._:-'),
});
const turnsInput = z.strictObject({ conversation: conversationName, ...page });
const readInput = z.strictObject({ conversation: conversationName, until: z.iso.datetime() });

/** Operations of the chat: conversations, their turns, a new message, and how far was read. */
export const chatOperations = {
  'chat.conversations': operation(
    'GET /conversations',
    z.strictObject({ limit }),
    async ({ store }: ChatNeeds, query): Promise<Conversation[]> =>
      (await listConversations(store, query.limit)).map(conversationOf),
  ),
  'chat.turns': operation(
    'GET /conversations/:conversation/turns',
    turnsInput,
    async (
      { store, liveReplies }: ChatNeeds,
      { conversation, before, limit: most },
    ): Promise<Page<ChatTurn>> => {
      const rows = await listTurns(store, { conversation, before, limit: most + 1 });
      const items = rows.slice(0, most).map((row) => turnOf(row, (taskId) => liveReplies.of(taskId)));
      return { items, next: rows.length > most ? (items.at(-1)?.eventId ?? null) : null };
    },
  ),
  'chat.send': operation(
    'POST /conversations/:conversation/messages',
    sendInput,
    ({ sendMessage }: ChatNeeds, message) => sendMessage(message),
    { unrecorded: 'a message is an event, which says who sent it' },
  ),
  'chat.read': operation(
    'POST /conversations/:conversation/read',
    readInput,
    async ({ store, bus }: ChatNeeds, { conversation, until }) => {
      await markRead(store, conversation, new Date(until));
      bus.emit('list.changed', { list: 'chat.conversations' });
      return { conversation, unread: await countUnread(store, { conversation, since: new Date(0) }) };
    },
    { unrecorded: 'having read something is no act' },
  ),
};
