import type { Tx } from '../../lib/store/store.ts';

/** Origins of the texts that the graph reads. */
export type Origin = 'memory' | 'task' | 'event';

/** A memory, task or report that is to be read, or that went. */
export interface Pending {
  origin: Origin;
  origin_id: number;
  /** Grows with each change of the row. */
  turn: number;
  attempts: number;
}

/** After so many failures a row is left unread. */
const maxAttempts = 3;

/** The next rows to read, in the order in which they were queued. */
export async function nextPending(store: Tx, limit: number): Promise<Pending[]> {
  const { rows } = await store.query<Pending>({
    name: 'graph-pending',
    text: 'SELECT origin, origin_id, turn, attempts FROM graph_pending ORDER BY position LIMIT $1',
    values: [limit],
  });
  return rows;
}

/** Takes rows off the queue; one that changed meanwhile stays. */
export async function settlePending(tx: Tx, pending: readonly Pending[]): Promise<void> {
  await tx.query({
    name: 'graph-pending-settle',
    text: `DELETE FROM graph_pending p USING unnest($1::text[], $2::bigint[], $3::int[]) AS read (origin, origin_id, turn)
            WHERE p.origin = read.origin AND p.origin_id = read.origin_id AND p.turn = read.turn`,
    values: columnsOf(pending),
  });
}

/** Counts a failure of a row; resolves to true where that was its last chance, and it is left unread. */
export async function failPending(store: Tx, { origin, origin_id: id, turn }: Pending): Promise<boolean> {
  const { rows } = await store.query<{ attempts: number }>({
    name: 'graph-pending-fail',
    text: `UPDATE graph_pending SET attempts = attempts + 1 WHERE origin = $1 AND origin_id = $2 RETURNING attempts`,
    values: [origin, id],
  });
  if ((rows[0]?.attempts ?? 0) < maxAttempts) return false;
  await settlePending(store, [{ origin, origin_id: id, turn, attempts: maxAttempts }]);
  return true;
}

function columnsOf(pending: readonly Pending[]): [string[], number[], number[]] {
  return [
    pending.map(({ origin }) => origin),
    pending.map(({ origin_id: id }) => id),
    pending.map(({ turn }) => turn),
  ];
}
