import { countUnread, listConversations, markRead } from '../../store/chat/conversations.ts';
import { listTurns } from '../../store/chat/turns.ts';
import { findDedupKeys } from '../../store/events/record-events.ts';
import type { Store } from '../../store/store.ts';
import { readPayload } from '../../wire/parse-line.ts';
import { putAccepted, type PutAcceptedDeps } from '../../wire/put-accepted.ts';
import type { Answers } from '../protocol.ts';
import type { Handlers } from '../dispatch.ts';
import type { LiveReplies } from '../feeds/live-replies.ts';
import type { InputOf } from '../protocol/operations.ts';
import { turnView } from '../views/turn.ts';

export interface ChatOperationDeps extends PutAcceptedDeps {
  store: Store;
  live: Pick<LiveReplies, 'of'>;
}

const titleChars = 80;
const lastTextChars = 200;
/** Keys of accepted messages that may not be recorded yet; a page sends one again within seconds. */
const rememberedKeys = 1_000;

/** Conversations: what was said, what is said now, what is unread. */
export function chatOperations(deps: ChatOperationDeps) {
  const { store, live } = deps;
  const send = createSender(deps);
  return {
    'chat.conversations': async ({ limit }) =>
      (await listConversations(store, limit)).map((row) => ({
        name: row.name,
        title: oneLine(readPayload(row.first_payload).text).slice(0, titleChars),
        turns: row.turns,
        unread: row.unread,
        lastAt: row.last_at.toISOString(),
        lastText: oneLine(readPayload(row.last_payload).text).slice(0, lastTextChars),
        runningTaskId: row.running_task_id,
      })),
    'chat.turns': async ({ conversation, before, limit }) => {
      const rows = await listTurns(store, { conversation, before, limit: limit + 1 });
      const items = rows.slice(0, limit).map((row) => turnView(row, live));
      return { items, next: rows.length > limit ? (items.at(-1)?.eventId ?? null) : null };
    },
    'chat.send': send,
    'chat.read': async ({ conversation, until }) => {
      await markRead(store, conversation, new Date(until));
      return { conversation, unread: await countUnread(store, { conversation, since: new Date(0) }) };
    },
  } satisfies Partial<Handlers>;
}

/**
 * Sends a message through the pipe, as every writer does, and answers when it is safe. A key that is on its way, was accepted
 * lately or stands in the store is not written again; past that, the router refuses repeated keys.
 */
function createSender(deps: ChatOperationDeps) {
  const underWay = new Map<string, Promise<void>>();
  const accepted = new Set<string>();
  return async (message: InputOf<'chat.send'>): Promise<Answers['chat.send']> => {
    const { dedupKey } = message;
    const before = underWay.get(dedupKey);
    if (before !== undefined) {
      await before;
      return { dedupKey, repeated: true };
    }
    if (accepted.has(dedupKey)) return { dedupKey, repeated: true };
    const writing = write(deps, message);
    underWay.set(
      dedupKey,
      writing.then(() => {}),
    );
    try {
      const repeated = await writing;
      accepted.add(dedupKey);
      for (const key of accepted) {
        if (accepted.size <= rememberedKeys) break;
        accepted.delete(key);
      }
      return { dedupKey, repeated };
    } finally {
      underWay.delete(dedupKey);
    }
  };
}

/** Resolves to whether the store had it already. While the store is away it is written; the router asks again later. */
async function write(deps: ChatOperationDeps, message: InputOf<'chat.send'>): Promise<boolean> {
  const { conversation, text, dedupKey } = message;
  const known = await findDedupKeys(deps.store, [dedupKey]).catch(() => new Map<string, number>());
  if (known.has(dedupKey)) return true;
  await putAccepted(
    deps,
    { priority: 'HUMAN', source: 'dashboard', category: 'chat', payload: { text, conversation, dedupKey } },
    dedupKey,
  );
  return false;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
