import type { EventWriter } from '../events/event-writer.ts';
import { findDedupKeys } from '../events/rows/record-events.ts';
import type { Store } from '../lib/store/store.ts';
import { eventKey } from '../lib/wire/event-key.ts';
import { type Attached, attachedFile, withAttachments } from './attachments.ts';

/** A message of the owner; whoever writes it makes the key once for each message. */
export interface ChatMessage {
  conversation: string;
  text: string;
  dedupKey: string;
  /** Files whose pieces are all there. */
  attachments?: readonly { upload: string; name: string }[];
}

/** `repeated`: a message with this key was accepted before. */
export interface SentMessage {
  dedupKey: string;
  repeated: boolean;
}

/** Keys of accepted messages that may not be recorded yet; a page sends one again within seconds. */
const rememberedKeys = 1_000;

/**
 * Sends a message through the pipe, as every writer does, and answers when it is safe. A key that is on its way, was accepted
 * lately or stands in the store is not written again; past that, the router refuses repeated keys.
 */
export function createChatSender(deps: {
  store: Store;
  writer: EventWriter;
  /** Folder of the attached files. */
  attachmentsDir: string;
}): (message: ChatMessage) => Promise<SentMessage> {
  const underWay = new Map<string, Promise<void>>();
  const accepted = new Set<string>();
  return async (message) => {
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
async function write(
  { store, writer, attachmentsDir }: Parameters<typeof createChatSender>[0],
  { conversation, text, dedupKey, attachments = [] }: ChatMessage,
): Promise<boolean> {
  const key = eventKey('dashboard', dedupKey);
  const known = await findDedupKeys(store, [key]).catch(() => new Map<string, number>());
  if (known.has(key)) return true;
  const files: Attached[] = [];
  for (const attachment of attachments) files.push(await attachedFile(attachmentsDir, attachment));
  const payload = {
    // In front, so that the list of conversations finds it in the beginning of a payload.
    ...(files.length > 0 && {
      attached: { said: text, files: files.map(({ name, path }) => ({ name, path })) },
    }),
    ...{ text: withAttachments(text, files), conversation, dedupKey },
  };
  await writer.putAccepted({ priority: 'HUMAN', source: 'dashboard', category: 'chat', payload }, dedupKey);
  return false;
}
