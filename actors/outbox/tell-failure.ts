import { recordActivity } from '../../src/activity/rows.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { keepNotice } from '../../src/notices/rows.ts';
import type { LostDelivery } from '../../src/outbox/rows/give-up.ts';

/** What the owner is told of deliveries that were lost together. */
export interface FailureNews {
  text: string;
  taskId: number | null;
}

/**
 * Tells the owner, in the transaction that fails them, of deliveries that were lost in one channel for one reason: by a
 * line in the activity log and by a notice. The notice is sent by every channel but this one; one about lost notices is
 * not sent at all, since two channels could go on telling of each other for ever.
 */
export async function tellFailure(
  tx: Pick<Store, 'query'>,
  lost: readonly [LostDelivery, ...LostDelivery[]],
  now: Date,
): Promise<FailureNews> {
  const [first] = lost;
  const { channel, kind, reason } = first;
  const isOne = lost.length === 1;
  const [taskId, eventId] = isOne ? [first.taskId, first.eventId] : [null, null];
  const text = `${subjectOf(lost)} could not be delivered by ${channel}: ${reason}.`;
  await recordActivity(tx, {
    at: now,
    actor: 'outbox',
    action: 'delivery.failed',
    summary: text,
    eventId: eventId ?? undefined,
    taskId: taskId ?? undefined,
    detail: { deliveries: lost.map(({ id }) => id) },
  });
  const sentTo = kind === 'news' ? 'none' : { except: channel };
  await keepNotice(tx, { origin: 'delivery', text, taskId, now, sentTo });
  return { text, taskId };
}

function subjectOf(lost: readonly [LostDelivery, ...LostDelivery[]]): string {
  const [{ kind, taskId, eventId }] = lost;
  if (lost.length > 1) return `${lost.length} ${kind === 'reply' ? 'replies' : 'notices'}`;
  if (kind === 'news') return 'A notice';
  return taskId === null ? `The reply to event ${eventId ?? '?'}` : `The reply to task ${taskId}`;
}
