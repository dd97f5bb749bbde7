import type { Tx } from '../../lib/store/store.ts';

/** A host that does not do well. */
export interface TroubledHost {
  name: string;
  state: 'down' | 'degraded' | 'unreachable';
  since: Date;
  reason: string | null;
  lastSeenAt: Date | null;
}

/** The hosts in trouble, those that are down first, and how many there are; hosts that are not polled are left out. */
export async function troubledHosts(
  store: Tx,
  limit: number,
): Promise<{ hosts: TroubledHost[]; down: number; troubled: number }> {
  const { rows } = await store.query<TroubledHost & { down: number; troubled: number }>({
    name: 'fleet-troubled',
    text: `SELECT name, state, state_since AS since, reason, last_seen_at AS "lastSeenAt",
                  (count(*) FILTER (WHERE state = 'down') OVER ())::int AS down, (count(*) OVER ())::int AS troubled FROM machines
            WHERE enabled AND removed_at IS NULL AND state IN ('down', 'degraded', 'unreachable')
            ORDER BY array_position(ARRAY['down', 'unreachable', 'degraded'], state), state_since LIMIT $1`,
    values: [limit],
  });
  const { down = 0, troubled = 0 } = rows[0] ?? {};
  return {
    hosts: rows.map(({ name, state, since, reason, lastSeenAt }) => ({
      name,
      state,
      since,
      reason,
      lastSeenAt,
    })),
    down,
    troubled,
  };
}
