import type { Tx } from '../../lib/store/store.ts';
import type { DeliveryBody } from './insert-deliveries.ts';

/** `dropped`: news that were seen before they were sent. */
export type DeliveryState = (typeof deliveryStates)[number];
export const deliveryStates = ['pending', 'sending', 'delivered', 'failed', 'dropped'] as const;

/** What was to reach somebody, and how far it came. */
export interface Delivery {
  id: number;
  channel: string;
  address: string;
  kind: 'reply' | 'news';
  body: DeliveryBody;
  eventId: number | null;
  taskId: number | null;
  subject: string;
  state: DeliveryState;
  attempts: number;
  createdAt: Date;
  dueAt: Date;
  endedAt: Date | null;
  /** What the other side said last. */
  answer: unknown;
  /** Why it has not arrived. */
  reason: string | null;
  /** What is wrong with the whole channel just now. */
  problem: string | null;
}

export interface DeliverySearch {
  state?: DeliveryState | undefined;
  channel?: string | undefined;
  before?: number | undefined;
  limit: number;
}

const listed = `id, channel, address, kind, body, event_id AS "eventId", task_id AS "taskId", subject, state, attempts,
  created_at AS "createdAt", due_at AS "dueAt", ended_at AS "endedAt", answer, reason,
  CASE WHEN ended_at IS NULL THEN problem END AS problem`;
const rowsOf = 'deliveries LEFT JOIN delivery_channels ON name = channel';

/** The newest deliveries that fit. */
export async function listDeliveries(
  store: Tx,
  { state, channel, before, limit }: DeliverySearch,
): Promise<Delivery[]> {
  const { rows } = await store.query<Delivery>({
    name: 'deliveries-list',
    text: `SELECT ${listed} FROM ${rowsOf}
            WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR channel = $2)
              AND ($3::bigint IS NULL OR id < $3)
            ORDER BY id DESC LIMIT $4`,
    values: [state ?? null, channel ?? null, before ?? null, limit],
  });
  return rows;
}

/** One delivery, or undefined. */
export async function findDelivery(store: Tx, id: number): Promise<Delivery | undefined> {
  const { rows } = await store.query<Delivery>({
    name: 'deliveries-find',
    text: `SELECT ${listed} FROM ${rowsOf} WHERE id = $1`,
    values: [id],
  });
  return rows[0];
}

/** How many deliveries are open, and how many have failed and are still kept. */
export async function countDeliveries(store: Tx): Promise<{ pending: number; failed: number }> {
  const { rows } = await store.query<{ pending: number; failed: number }>({
    name: 'deliveries-count',
    text: `SELECT (SELECT count(*)::int FROM deliveries WHERE state IN ('pending', 'sending')) AS pending,
                  (SELECT count(*)::int FROM deliveries WHERE state = 'failed') AS failed`,
  });
  return rows[0] ?? { pending: 0, failed: 0 };
}

/**
 * Lets a failed delivery begin anew, in front of what its address still waits for. Whoever asks for it wants it sent,
 * whether or not it has arrived before. Resolves to false where it has not failed.
 */
export async function retryDelivery(tx: Tx, id: number, now: Date): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'deliveries-retry',
    text: `UPDATE deliveries
              SET state = 'pending', queued_at = $2, due_at = $2, ended_at = NULL, failures = 0, may_have_arrived = false
            WHERE id = $1 AND state = 'failed'`,
    values: [id, now],
  });
  return rowCount === 1;
}
