import type { Tx } from '../../lib/store/store.ts';
import { takeBack, tellOwner } from '../news.ts';

/** Something that the owner was told of a host and that still holds. */
export interface Alert {
  hostId: number;
  kind: string;
  since: Date;
  text: string;
  toldId: number | null;
  remindedAt: Date | null;
}

const columns = `machine_id AS "hostId", kind, since, text, told_id AS "toldId", reminded_at AS "remindedAt"`;

/** The alerts of a host, or of all. */
export async function listAlerts(store: Tx, hostId?: number): Promise<Alert[]> {
  const { rows } = await store.query<Alert>({
    name: 'fleet-alerts',
    text: `SELECT ${columns} FROM fleet_alerts WHERE $1::bigint IS NULL OR machine_id = $1 ORDER BY machine_id, kind`,
    values: [hostId ?? null],
  });
  return rows;
}

/** Opens an alert and tells the owner; one that is open already stays as it is. Resolves to whether it is new. */
export async function openAlert(
  tx: Tx,
  { hostId, kind, text, now }: { hostId: number; kind: string; text: string; now: Date },
): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'fleet-alert-open',
    text: `INSERT INTO fleet_alerts (machine_id, kind, since, text) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    values: [hostId, kind, now, text],
  });
  if ((rowCount ?? 0) === 0) return false;
  await tx.query({
    name: 'fleet-alert-told',
    text: 'UPDATE fleet_alerts SET told_id = $3 WHERE machine_id = $1 AND kind = $2',
    values: [hostId, kind, await tellOwner(tx, text, now)],
  });
  return true;
}

/** Closes an alert whose cause is gone: what was told need not be read any more. */
export async function closeAlert(
  tx: Tx,
  { hostId, kind, toldId }: Pick<Alert, 'hostId' | 'kind' | 'toldId'>,
  now: Date,
): Promise<void> {
  await tx.query({
    name: 'fleet-alert-close',
    text: 'DELETE FROM fleet_alerts WHERE machine_id = $1 AND kind = $2',
    values: [hostId, kind],
  });
  await takeBack(tx, toldId, now);
}

/** It was told again. */
export async function markReminded(
  tx: Tx,
  { hostId, kind }: Pick<Alert, 'hostId' | 'kind'>,
  now: Date,
): Promise<void> {
  await tx.query({
    name: 'fleet-alert-reminded',
    text: 'UPDATE fleet_alerts SET reminded_at = $3 WHERE machine_id = $1 AND kind = $2',
    values: [hostId, kind, now],
  });
}
