import type { Store, Tx } from '../../lib/store/store.ts';

/** A host that is due. */
export interface DueHost {
  id: number;
  name: string;
}

/**
 * Takes hosts that are due, at most `limit`, and sets when each is due again: its period, a tenth sooner or later. A time far
 * ahead is what a clock that has gone back left. Whoever takes a host polls it; another daemon on this database passes by.
 */
export async function claimDue(
  store: Pick<Store, 'query'>,
  { worker, limit, now, busy }: { worker: string; limit: number; now: Date; busy: readonly number[] },
): Promise<DueHost[]> {
  const { rows } = await store.query<DueHost>({
    name: 'fleet-claim',
    text: `UPDATE machines SET next_poll_at = $3::timestamptz + poll_every_ms * (0.9 + random() * 0.2) * interval '1 millisecond'
            WHERE id IN (
              SELECT id FROM machines
               WHERE enabled AND removed_at IS NULL AND kind <> 'push' AND (kind <> 'local' OR coalesce(worker, $1) = $1)
                 AND (next_poll_at IS NULL OR next_poll_at <= $3 OR next_poll_at > $3::timestamptz + poll_every_ms * 2 * interval '1 millisecond')
                 AND NOT id = ANY ($4::bigint[])
               ORDER BY next_poll_at NULLS FIRST LIMIT $2 FOR UPDATE SKIP LOCKED)
        RETURNING id, name`,
    values: [worker, limit, now, busy],
  });
  return rows;
}

/** Milliseconds until the next host is due; null where none ever is. */
export async function untilNextDue(
  store: Tx,
  { worker, now }: { worker: string; now: Date },
): Promise<number | null> {
  const { rows } = await store.query<{ next: Date | null }>({
    name: 'fleet-next',
    text: `SELECT min(coalesce(next_poll_at, $2::timestamptz)) AS next FROM machines
            WHERE enabled AND removed_at IS NULL AND kind <> 'push' AND (kind <> 'local' OR coalesce(worker, $1) = $1)`,
    values: [worker, now],
  });
  const next = rows[0]?.next ?? null;
  return next === null ? null : Math.max(0, next.getTime() - now.getTime());
}

/** Has hosts polled at once. */
export async function hurryHosts(store: Tx, names: readonly string[], now: Date): Promise<void> {
  await store.query({
    name: 'fleet-hurry',
    text: 'UPDATE machines SET next_poll_at = $2 WHERE name = ANY ($1::text[]) AND next_poll_at > $2',
    values: [names, now],
  });
}
