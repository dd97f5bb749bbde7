import { storable } from '../../lib/store/storable.ts';
import type { Tx } from '../../lib/store/store.ts';
import type { ClaimedDelivery } from './claim-deliveries.ts';

/** The other side has it: that holds whatever else was recorded about the row. */
export async function markDelivered(tx: Tx, id: number, answer: unknown, now: Date): Promise<void> {
  await tx.query({
    name: 'deliveries-delivered',
    text: `UPDATE deliveries
              SET state = 'delivered', answer = $2, reason = NULL, ended_at = $3, worker = NULL, lease_until = NULL
            WHERE id = $1 AND state <> 'delivered'`,
    values: [id, answerJson(answer), now],
  });
}

/** Why an attempt did not arrive, and when the next one is due. */
export interface Postponement {
  dueAt: Date;
  reason: string;
  failures: number;
  mayHaveArrived: boolean;
  answer: unknown;
}

/** Lets a delivery wait for its next attempt, unless the attempt is not this worker's any more. */
export async function postponeDelivery(
  tx: Tx,
  { id, worker, attempt }: ClaimedDelivery,
  { dueAt, reason, failures, mayHaveArrived, answer }: Postponement,
): Promise<void> {
  await tx.query({
    name: 'deliveries-postpone',
    text: `UPDATE deliveries
              SET state = 'pending', due_at = $4, reason = $5, failures = $6, may_have_arrived = $7,
                  answer = coalesce($8, answer), worker = NULL, lease_until = NULL
            WHERE id = $1 AND worker = $2 AND attempts = $3 AND state = 'sending'`,
    values: [id, worker, attempt, dueAt, reason, failures, mayHaveArrived, answerJson(answer)],
  });
}

/** Ends a delivery for good; resolves to false where the attempt is not this worker's any more. */
export async function markFailed(
  tx: Tx,
  { id, worker, attempt }: ClaimedDelivery,
  reason: string,
  now: Date,
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'deliveries-failed',
    text: `UPDATE deliveries SET state = 'failed', reason = $4, ended_at = $5, worker = NULL, lease_until = NULL
            WHERE id = $1 AND worker = $2 AND attempts = $3 AND state = 'sending'`,
    values: [id, worker, attempt, reason, now],
  });
  return rowCount === 1;
}

const maxAnswerLength = 10_000;

/** An answer that does not fit into a row must not keep the row from being written. */
function answerJson(answer: unknown): string | null {
  if (answer === undefined || answer === null) return null;
  try {
    const text = JSON.stringify(storable(JSON.parse(JSON.stringify(answer)) as unknown));
    return text.length <= maxAnswerLength ? text : JSON.stringify({ tooLong: text.length });
  } catch {
    return null;
  }
}
