import { readPayload } from '../lib/wire/parse-line.ts';
import type { ConversationRow } from './rows/conversations.ts';

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
    title: title ?? oneLine(readPayload(firstPayload).text).slice(0, titleChars),
    lastText: oneLine(readPayload(lastPayload).text).slice(0, lastTextChars),
  };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
