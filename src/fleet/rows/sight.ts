import type { Tx } from '../../lib/store/store.ts';

/** Whether a home could see anything when it last looked. */
export interface Sight {
  blindSince: Date | null;
  reason: string | null;
  gatewaySeenAt: Date | null;
  toldId: number | null;
}

/** What is known of a home's sight. */
export async function readSight(store: Tx, worker: string): Promise<Sight> {
  const { rows } = await store.query<Sight>({
    name: 'fleet-sight',
    text: `SELECT blind_since AS "blindSince", reason, gateway_seen_at AS "gatewaySeenAt", told_id AS "toldId"
             FROM fleet_sight WHERE worker = $1`,
    values: [worker],
  });
  return rows[0] ?? { blindSince: null, reason: null, gatewaySeenAt: null, toldId: null };
}

/** Keeps it. */
export async function writeSight(
  tx: Tx,
  worker: string,
  { blindSince, reason, gatewaySeenAt, toldId }: Sight,
): Promise<void> {
  await tx.query({
    name: 'fleet-sight-write',
    text: `INSERT INTO fleet_sight (worker, blind_since, reason, gateway_seen_at, told_id) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (worker) DO UPDATE SET blind_since = $2, reason = $3, gateway_seen_at = $4, told_id = $5`,
    values: [worker, blindSince, reason, gatewaySeenAt, toldId],
  });
}
