import type { EventWriter } from '../events/event-writer.ts';
import type { Store } from '../lib/store/store.ts';
import { type AttachmentDeps, type Fetched, fetchAttachments } from './attachments.ts';
import { type ComposedEvent, composeBatch, composeMessage } from './compose.ts';
import type { Admission, PassedMessage } from './inbox.ts';
import type { DiscordLink } from './link.ts';
import type { MessagePayload } from './payloads.ts';
import { moveCursor } from './rows/channels.ts';
import { isAfter } from './snowflake.ts';

export interface AdmitDeps {
  store: Store;
  link: DiscordLink;
  writer: Pick<EventWriter, 'putAccepted'>;
  attachments: AttachmentDeps;
  report: (thrown: unknown, what: string) => void;
}

/** The sign under a message that it is safe. */
const acknowledgement = '👀';

/** Brings a message of the owner into the pipe; to bring it again does not double it. */
export function admitMessage(deps: AdmitDeps, message: MessagePayload): Admission {
  let onWritten = (): void => undefined;
  const written = new Promise<void>((resolve) => (onWritten = resolve));
  const accepted = filesOf(deps, message).then((files) =>
    put(deps, composeMessage(message, files), onWritten),
  );
  return { written, accepted };
}

/** The journal has messages: only then they get their sign and the cursor moves, whatever comes of them. */
export async function messagesPassed(deps: AdmitDeps, messages: readonly PassedMessage[]): Promise<void> {
  const { link, report } = deps;
  for (const { message } of messages)
    void link
      .api()
      ?.hasty.react(message.channel_id, message.id, acknowledgement)
      .catch((thrown: unknown) => report(thrown, 'the reaction'));
  const last = messages.findLast(({ movesCursor }) => movesCursor)?.message;
  if (last !== undefined) await passed(deps, last.channel_id, last.id);
}

/** Brings messages in as one event; see `admitMessage`. */
export async function admitBatch(
  deps: AdmitDeps,
  channelId: string,
  messages: readonly MessagePayload[],
  until: string,
): Promise<void> {
  const withFiles = [];
  for (const message of messages) withFiles.push({ message, files: await filesOf(deps, message) });
  await put(deps, composeBatch(channelId, withFiles, until));
  await passed(deps, channelId, until);
}

/** The files of a message as they are now. Never rejects. */
export function filesOf({ link, attachments }: AdmitDeps, message: MessagePayload): Promise<Fetched[]> {
  return fetchAttachments(attachments, message, async () => {
    const again = await link.api()?.sure.message(message.channel_id, message.id);
    return again?.attachments ?? [];
  });
}

/** Writes an event of the owner's into the pipe and waits until it is safe. */
export async function put(
  { writer }: Pick<AdmitDeps, 'writer'>,
  { dedupKey, payload }: ComposedEvent,
  onWritten?: () => void,
): Promise<void> {
  const event = { priority: 'HUMAN', source: 'discord', category: 'chat', payload } as const;
  await writer.putAccepted(event, dedupKey, onWritten);
}

/** Moves the cursor; while the store is away it stays behind, and the next message moves it further. */
async function passed({ store, link, report }: AdmitDeps, channelId: string, id: string): Promise<void> {
  if (isAfter(id, link.facts().cursor)) link.note({ cursor: id });
  await moveCursor(store, channelId, id).catch((thrown: unknown) => report(thrown, 'the cursor'));
}
