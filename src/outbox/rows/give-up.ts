import type { Store } from '../../lib/store/store.ts';

/** A delivery that has failed for good. */
export interface LostDelivery {
  id: number;
  channel: string;
  kind: 'reply' | 'news';
  eventId: number | null;
  taskId: number | null;
  reason: string;
}

/** Rows ended with one statement. */
const maxRows = 200;

/**
 * Fails what was kept before `bound`, and what names a channel that no daemon has ever served. A delivery under way is left
 * alone, as long as its lease lasts.
 */
export async function giveUpDeliveries(
  tx: Pick<Store, 'query'>,
  { bound, now }: { bound: Date; now: Date },
): Promise<LostDelivery[]> {
  const { rows } = await tx.query<LostDelivery>({
    name: 'deliveries-give-up',
    text: `
      WITH vain AS (
        SELECT id, name IS NULL AS is_unknown, problem FROM deliveries LEFT JOIN delivery_channels ON name = channel
         WHERE (state = 'pending' OR lease_until < $2) AND (queued_at < $1 OR name IS NULL)
         ORDER BY id LIMIT ${maxRows} FOR UPDATE OF deliveries SKIP LOCKED)
      UPDATE deliveries AS delivery
         SET state = 'failed', ended_at = $2,
             reason = CASE WHEN is_unknown THEN 'there is no channel ' || channel
                           ELSE 'it waited too long: ' || coalesce(problem, reason, 'nobody served the channel') END
        FROM vain WHERE delivery.id = vain.id
      RETURNING delivery.id, channel, kind, event_id AS "eventId", task_id AS "taskId", reason`,
    values: [bound, now],
  });
  return rows.sort((a, b) => a.id - b.id);
}
