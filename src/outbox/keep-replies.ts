import { recordActivity } from '../activity/rows.ts';
import type { Store } from '../lib/store/store.ts';
import type { Lineage } from '../lib/wire/standing.ts';
import { destinationOf } from './reply-to.ts';
import { insertReply } from './rows/insert-deliveries.ts';

/** The answer to an event whose line says where it is to go. */
export interface Reply {
  eventId: number;
  taskId?: number;
  source: string;
  lineage?: Lineage | null;
  replyTo: string;
  /** Names what is answered: an address gets one delivery of each subject. */
  subject: string;
  /** How it ended, such as `done` or `failed`. */
  state: string;
  text: string;
}

/** What is sent where the answer has no words. */
const wordless = 'Done; there is nothing to say about it.';

/**
 * Keeps replies to be delivered, in the transaction that makes them. Repeating it does no harm.
 * One that must not go where it should leaves a line in the activity log.
 */
export async function keepReplies(
  tx: Pick<Store, 'query'>,
  replies: readonly Reply[],
  now: Date,
): Promise<void> {
  for (const { replyTo, source, lineage, eventId, taskId, subject, state, text } of replies) {
    const destination = destinationOf(replyTo, { source, lineage: lineage ?? null });
    if (destination.kind === 'listened-for') continue;
    if (destination.kind === 'refused') {
      await recordActivity(tx, {
        at: now,
        actor: 'outbox',
        action: 'reply.unsent',
        summary: `the reply to ${taskId === undefined ? `event ${eventId}` : `task ${taskId}`} was not sent: ${destination.reason}`,
        eventId,
        taskId,
      });
      continue;
    }
    const { channel, address } = destination;
    const body = { text: text.trim() === '' ? wordless : text, state };
    await insertReply(tx, { channel, address, subject, body, eventId, taskId: taskId ?? null, now });
  }
}

/** What is kept of an event that was answered without a task. */
interface AnsweredEvent {
  id: number;
  source: string;
  replyTo: string;
  status: string;
  reply?: string | undefined;
  reason?: string | undefined;
}

/** Keeps the answers to events that needed no task; see `keepReplies`. */
export function keepAnswers(
  tx: Pick<Store, 'query'>,
  answered: readonly AnsweredEvent[],
  now: Date,
): Promise<void> {
  const replies = answered.map(({ id, source, replyTo, status, reply, reason }) => ({
    eventId: id,
    source,
    replyTo,
    subject: `event:${id}`,
    state: status,
    text: status === 'failed' ? `That failed: ${reason ?? 'nobody knows why'}` : (reply ?? ''),
  }));
  return keepReplies(tx, replies, now);
}
