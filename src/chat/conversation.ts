import type { ConversationRow } from './rows/conversations.ts';
import { saidIn } from './turn.ts';

/** One conversation in the list, the latest first. */
export interface Conversation {
  name: string;
  /** As the owner calls it; else the first 80 characters of its first message. */
  title: string;
  pinned: boolean;
  /** Where its last message came from. */
  source: string;
  turns: number;
  /** Replies that ended after the owner has last read it. */
  unread: number;
  lastAt: Date;
  lastText: string;
  runningTaskId: number | null;
}

const titleChars = 80;
const lastTextChars = 200;

/** A row of the list. */
export function conversationOf({ firstPayload, lastPayload, title, ...row }: ConversationRow): Conversation {
  return {
    ...row,
    title: title ?? oneLine(wordsIn(firstPayload)).slice(0, titleChars),
    lastText: oneLine(wordsIn(lastPayload)).slice(0, lastTextChars),
  };
}

const cutWords = /"(?:said|text)":"((?:[^"\\]|\\.)*)/;

/** The owner's words in a payload, also where its end was cut off. */
function wordsIn(payload: string): string {
  const isCut = payload.startsWith('{') && !payload.trimEnd().endsWith('}');
  const words = isCut ? cutWords.exec(payload)?.[1] : undefined;
  if (words === undefined) return saidIn(payload).text;
  return words.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' ? ' ' : letter));
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
