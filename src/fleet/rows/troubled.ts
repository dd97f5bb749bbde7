import type { Tx } from '../../lib/store/store.ts';

/** A host that does not do well. */
export interface TroubledHost {
  name: string;
  state: 'down' | 'degraded' | 'unreachable';
  since: Date;
  reason: string | null;
  lastSeenAt: Date | null;
}

/** The hosts in trouble, those that are down first; hosts that are not polled are left out. */
export async function troubledHosts(store: Tx, limit: number): Promise<TroubledHost[]> {
  const { rows } = await store.query<TroubledHost>({
    name: 'fleet-troubled',
    text: `SELECT name, state, state_since AS since, reason, last_seen_at AS "lastSeenAt" FROM machines
            WHERE enabled AND removed_at IS NULL AND state IN ('down', 'degraded', 'unreachable')
            ORDER BY array_position(ARRAY['down', 'unreachable', 'degraded'], state), state_since LIMIT $1`,
    values: [limit],
  });
  return rows;
}
