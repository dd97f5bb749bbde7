import { randomUUID } from 'node:crypto';

/** A name for a new conversation; its title is its first message. */
export function newConversation(): string {
  return `terminal-${randomUUID().slice(0, 8)}`;
}
