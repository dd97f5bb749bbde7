import { localTime } from '../lib/local-time.ts';
import { commandOf } from '../lib/reflexes/command.ts';
import type { Fetched } from './attachments.ts';
import { addressOf, keyOfBatch, keyOfMessage } from './keys.ts';
import type { MessagePayload } from './payloads.ts';
import { madeAt } from './snowflake.ts';

/** An event to be put into the pipe, with the key by which it is known again. */
export interface ComposedEvent {
  dedupKey: string;
  payload: Record<string, unknown>;
}

const quotedChars = 1_500;

/** The event of one message: its words, what it answers, and its files. */
export function composeMessage(message: MessagePayload, files: readonly Fetched[]): ComposedEvent {
  const { id, channel_id: channelId } = message;
  return {
    dedupKey: keyOfMessage(id),
    payload: {
      text: textOf(message, files),
      conversation: addressOf(channelId),
      replyTo: addressOf(channelId),
      dedupKey: keyOfMessage(id),
      discord: {
        messageId: id,
        quoted: message.referenced_message?.content.slice(0, quotedChars) ?? null,
        files: files.map((file) =>
          file.kind === 'file' ? { name: file.name, path: file.path } : { name: file.name },
        ),
      },
    },
  };
}

/** One event of several messages that came while nobody listened: they are one turn, not many. */
export function composeBatch(
  channelId: string,
  messages: readonly { message: MessagePayload; files: readonly Fetched[] }[],
  until: string,
): ComposedEvent {
  const texts = messages.map(
    ({ message, files }) => `[${localTime(new Date(madeAt(message.id)))}]\n${textOf(message, files)}`,
  );
  return {
    dedupKey: keyOfBatch(until),
    payload: {
      text: [`(${messages.length} messages that came while ninjad was away, oldest first)`, ...texts].join(
        '\n\n',
      ),
      conversation: addressOf(channelId),
      replyTo: addressOf(channelId),
      dedupKey: keyOfBatch(until),
      discord: { messageIds: messages.map(({ message }) => message.id) },
    },
  };
}

/** The event of an application command: the same text as if it had been written. */
export function composeCommand(interactionId: string, channelId: string, text: string): ComposedEvent {
  return {
    dedupKey: keyOfMessage(interactionId),
    payload: {
      text,
      conversation: addressOf(channelId),
      replyTo: addressOf(channelId),
      dedupKey: keyOfMessage(interactionId),
    },
  };
}

/** The words of a message for the agent. A command stays in front, since a reflex looks for it there. */
export function textOf(message: MessagePayload, files: readonly Fetched[]): string {
  const { content, referenced_message: quoted } = message;
  const words = content.trim();
  const isCommand = commandOf(words) !== undefined;
  return [
    ...(quoted == null || isCommand || quoted.content === '' ? [] : [quoteOf(quoted.content)]),
    ...(words === '' ? [] : [words]),
    ...files.map(describeFile),
  ].join('\n\n');
}

function quoteOf(content: string): string {
  const cut = content.length > quotedChars ? `${content.slice(0, quotedChars).trimEnd()} …` : content;
  return `In reply to:\n${cut
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n')}`;
}

function describeFile(file: Fetched): string {
  switch (file.kind) {
    case 'text':
      return `Attached file ${JSON.stringify(file.name)}:\n${fenced(file.text)}`;
    case 'file':
      return `Attached file ${JSON.stringify(file.name)} (${file.type ?? 'unknown type'}, ${file.bytes} bytes) is at ${file.path}`;
    case 'missing':
      return `Attached file ${JSON.stringify(file.name)} is not here: ${file.reason}.`;
  }
}

/** A fence longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([marks]) => marks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text.replace(/\n$/, '')}\n${fence}`;
}
