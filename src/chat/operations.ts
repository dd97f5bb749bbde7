import { z } from 'zod';
import { recordAct } from '../activity/record-act.ts';
import type { Bus } from '../lib/bus.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import { conversationName, flag, limit, nothing, page, search } from '../lib/operations/fields.ts';
import { type Caller, operation } from '../lib/operations/operation.ts';
import type { Page } from '../lib/operations/page.ts';
import type { CommandHelp } from '../lib/reflexes/declaration.ts';
import type { Store, Tx } from '../lib/store/store.ts';
import { keepPiece, maxAttachmentBytes } from './attachments.ts';
import { type Conversation, conversationOf } from './conversation.ts';
import { countUnread, listConversations, markRead } from './rows/conversations.ts';
import { hideConversation, nameConversation, pinConversation } from './rows/marks.ts';
import { listTurns } from './rows/turns.ts';
import type { createChatSender } from './sender.ts';
import { type ChatTurn, type LiveTasks, turnOf } from './turn.ts';

/** Services that the operations of the chat use. */
export interface ChatNeeds {
  store: Store;
  bus: Pick<Bus<ListFacts>, 'emit'>;
  sendMessage: ReturnType<typeof createChatSender>;
  liveReplies: { of: LiveTasks['replyOf'] };
  agentWays: LiveTasks['agentWays'];
  /** Folder of the files that come with messages. */
  attachmentsDir: string;
  /** What a message may begin with. */
  commands: readonly CommandHelp[];
  now: () => Date;
}

/** Made by the page once for each file. */
const upload = z.string().regex(/^[A-Za-z0-9-]{8,64}$/, 'expected 8 to 64 letters, digits and -');
const fileName = z.string().min(1).max(200);
const attachments = z.array(z.strictObject({ upload, name: fileName })).max(10);
/** As many characters of base64 as fit into a frame of the socket. */
const maxPieceChars = 400_000;

const sendInput = z.strictObject({
  conversation: conversationName,
  /** May be empty where a file comes with it. */
  text: z.string().max(100_000),
  attachments: attachments.default([]),
  /** Made by the page once for each message; a repeated one is answered and does nothing. */
  dedupKey: z.string().regex(/^[A-Za-z0-9._:-]{8,128}$/, 'expected 8 to 128 letters, digits and ._:-'),
});
const messageInput = sendInput.refine(
  ({ text, attachments: files }) => text.trim() !== '' || files.length > 0,
  'text: expected some words or a file',
);
const pieceInput = z.strictObject({
  upload,
  name: fileName,
  offset: z.number().int().min(0),
  totalBytes: z.number().int().min(1).max(maxAttachmentBytes),
  data: z.base64().max(maxPieceChars),
});
const listInput = z.strictObject({ limit, text: search.optional() });
const titleInput = z.strictObject({
  conversation: conversationName,
  /** Null takes it away. */
  title: z.string().trim().min(1).max(120).nullable(),
});
const pinInput = z.strictObject({ conversation: conversationName, pinned: flag });
const deleteInput = z.strictObject({ conversation: conversationName });
const turnsInput = z.strictObject({ conversation: conversationName, ...page });
const readInput = z.strictObject({ conversation: conversationName, until: z.iso.datetime() });

/** Operations of the chat: conversations, their turns, a new message, and how far was read. */
export const chatOperations = {
  'chat.conversations': operation(
    'GET /conversations',
    listInput,
    async ({ store }: ChatNeeds, query): Promise<Conversation[]> =>
      (await listConversations(store, query)).map(conversationOf),
  ),
  'chat.commands': operation('GET /commands', nothing, ({ commands }: ChatNeeds) => [...commands]),
  'chat.turns': operation(
    'GET /conversations/:conversation/turns',
    turnsInput,
    async (
      { store, liveReplies, agentWays }: ChatNeeds,
      { conversation, before, limit: most },
    ): Promise<Page<ChatTurn>> => {
      const rows = await listTurns(store, { conversation, before, limit: most + 1 });
      const items = rows
        .slice(0, most)
        .map((row) => turnOf(row, { replyOf: (taskId) => liveReplies.of(taskId), agentWays }));
      return { items, next: rows.length > most ? (items.at(-1)?.eventId ?? null) : null };
    },
  ),
  'chat.send': operation(
    'POST /conversations/:conversation/messages',
    messageInput,
    ({ sendMessage }: ChatNeeds, message) => sendMessage(message),
    { unrecorded: 'a message is an event, which says who sent it' },
  ),
  'chat.attach': operation(
    'POST /attachments',
    pieceInput,
    ({ attachmentsDir }: ChatNeeds, { data, ...piece }) =>
      keepPiece(attachmentsDir, { ...piece, data: Buffer.from(data, 'base64') }),
    { unrecorded: 'a file is part of the message that it is sent with' },
  ),
  'chat.rename': operation(
    'PUT /conversations/:conversation/title',
    titleInput,
    (needs: ChatNeeds, { conversation, title }, caller) =>
      marked(needs, caller, {
        action: 'conversation.renamed',
        summary:
          title === null
            ? `the conversation ${conversation} has its own name again`
            : `the conversation ${conversation} is called ${title}`,
        mark: (tx, now) => nameConversation(tx, { conversation, title, now }),
      }),
  ),
  'chat.pin': operation(
    'PUT /conversations/:conversation/pin',
    pinInput,
    (needs: ChatNeeds, { conversation, pinned }, caller) =>
      marked(needs, caller, {
        action: pinned ? 'conversation.pinned' : 'conversation.unpinned',
        summary: `the conversation ${conversation} ${pinned ? 'was pinned' : 'is pinned no more'}`,
        mark: (tx, now) => pinConversation(tx, { conversation, pinned, now }),
      }),
  ),
  /** Takes a conversation out of the chat. Its events and tasks stay as long as all others. */
  'chat.delete': operation(
    'DELETE /conversations/:conversation',
    deleteInput,
    (needs: ChatNeeds, { conversation }, caller) => hidden(needs, caller, { conversation, hidden: true }),
  ),
  'chat.restore': operation(
    'POST /conversations/:conversation/restore',
    deleteInput,
    (needs: ChatNeeds, { conversation }, caller) => hidden(needs, caller, { conversation, hidden: false }),
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

function hidden(
  needs: ChatNeeds,
  caller: Caller,
  { conversation, hidden: isHidden }: { conversation: string; hidden: boolean },
): Promise<{ message: string }> {
  return marked(needs, caller, {
    action: isHidden ? 'conversation.deleted' : 'conversation.restored',
    summary: `the conversation ${conversation} ${isHidden ? 'was taken out of the chat' : 'is back in the chat'}`,
    mark: (tx, now) => hideConversation(tx, { conversation, hidden: isHidden, now }),
  });
}

/** Changes what the owner made of a conversation, with its line in the activity log. */
async function marked(
  { store, bus, now }: ChatNeeds,
  caller: Caller,
  { action, summary, mark }: { action: string; summary: string; mark: (tx: Tx, now: Date) => Promise<void> },
): Promise<{ message: string }> {
  const at = now();
  await store.transaction(async (tx) => {
    await recordAct(tx, caller, { at, action, summary });
    await mark(tx, at);
  });
  for (const list of ['chat.conversations', 'chat.turns'] as const) bus.emit('list.changed', { list });
  return { message: `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.` };
}
