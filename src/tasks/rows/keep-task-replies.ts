import type { Store } from '../../lib/store/store.ts';
import type { Lineage } from '../../lib/wire/standing.ts';
import { saysRepeated } from '../run/cut-off.ts';
import { keepReplies } from '../../outbox/keep-replies.ts';

interface EndedTask {
  id: number;
  eventId: number;
  source: string;
  lineage: Lineage | null;
  replyTo: string;
  state: string;
  reason: string | null;
  reply: string | null;
  finishedAt: Date;
}

/**
 * Keeps the replies of tasks that have just ended together, the first of `ids` in front, in the transaction that ends
 * them. They share one reply, so that an address which several of them name gets it once.
 * The moment of the end tells the reply of a task that is tried again by hand from the one before.
 */
export async function keepTaskReplies(
  tx: Pick<Store, 'query'>,
  ids: readonly number[],
  now: Date,
): Promise<void> {
  const { rows } = await tx.query<EndedTask>({
    name: 'tasks-ended-replies',
    text: `SELECT id, event_id AS "eventId", source, reply_to AS "replyTo", state, reason, reply, finished_at AS "finishedAt",
                  (SELECT jsonb_build_object('depth', depth, 'trust', trust)
                     FROM self_tasks JOIN events USING (dedup_key) WHERE events.id = tasks.event_id) AS lineage
             FROM tasks WHERE id = ANY ($1::bigint[]) AND reply_to IS NOT NULL AND finished_at IS NOT NULL
            ORDER BY array_position($1::bigint[], id)`,
    values: [ids],
  });
  const replies = rows.map(({ id, eventId, source, lineage, replyTo, state, finishedAt, ...end }) => ({
    eventId,
    taskId: id,
    source,
    lineage,
    replyTo,
    state,
    subject: `task:${ids[0] ?? id}:${finishedAt.getTime()}`,
    text: replyText(id, { state, ...end }),
  }));
  await keepReplies(tx, replies, now);
}

function replyText(
  id: number,
  { state, reason, reply }: Pick<EndedTask, 'state' | 'reason' | 'reply'>,
): string {
  if (state === 'done') return saysRepeated(reason) ? `${reply ?? ''}\n\n(${reason ?? ''})` : (reply ?? '');
  if (state === 'cancelled') return `Task ${id} was cancelled.`;
  return `Task ${id} failed: ${reason ?? 'nobody knows why'}`;
}
