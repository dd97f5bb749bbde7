import type { NoteRecord } from './said-notes.ts';

/** One event as it is recorded, with what it causes in the same statement. */
export interface EventRecord {
  id: number;
  priority: number;
  source: string;
  category: string;
  payload: string;
  /** Epoch milliseconds. */
  occurredAt: number;
  /** Epoch milliseconds. */
  receivedAt: number;
  route: string;
  rule: string;
  status: 'task' | 'done' | 'dropped' | 'failed' | 'dead';
  reason?: string | undefined;
  reply?: string | undefined;
  conversation?: string | undefined;
  dedupKey?: string | undefined;
  /** Where the answer of a reflex is to be sent, as the line says. */
  replyTo?: string | undefined;
  /** A task to queue for it. */
  task?: NewTask | undefined;
  /** Memories to keep from it. */
  notes?: readonly NoteRecord[] | undefined;
  /** To be read into the knowledge graph. */
  isReport?: boolean | undefined;
}

/** True for an event whose row has neither reason nor reply, conversation nor key, whatever it causes. */
export function isBare({ reason, reply, conversation, dedupKey, replyTo }: EventRecord): boolean {
  return (
    reason === undefined &&
    reply === undefined &&
    conversation === undefined &&
    dedupKey === undefined &&
    replyTo === undefined
  );
}

/** A task as an event queues it. */
export interface NewTask {
  prompt: string;
  replyTo: string | undefined;
  forkOf?: string | undefined;
  /** The entry of `permissions.byCategory` that it gets; by default that of its category. */
  permissionCategory?: string | undefined;
  /** The agent that it asks for; by default that of its conversation, else `agent.default`. */
  wantsAgent?: string | undefined;
  /** The rule whose quiet hours it waits for, and their end in epoch milliseconds. */
  heldBy?: string | undefined;
  heldUntil?: number | undefined;
}
