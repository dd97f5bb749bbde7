import { randomUUID } from 'node:crypto';

/** The names of conversations that a question in a terminal has begun, for JavaScript and Postgres alike. */
export const askConversation = '^ask-[0-9a-f]{8}-[0-9a-f]{4}$';

const pattern = new RegExp(askConversation);

/** A name for a conversation that a question in a terminal begins. */
export function newAskConversation(): string {
  return `ask-${randomUUID().slice(0, 13)}`;
}

/** Whether a question in a terminal has begun the conversation of this name. */
export function isAskConversation(name: string): boolean {
  return pattern.test(name);
}
