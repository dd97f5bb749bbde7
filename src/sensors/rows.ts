import type { Tx } from '../lib/store/store.ts';

/** A row of `sensors`: what the owner has said of a sensor by a face. */
export interface SensorRow {
  name: string;
  enabled: boolean;
  /** As it was given; see `readDeclaration`. */
  fields: Record<string, unknown>;
  changedAt: Date;
}

/** The sensors that were switched on or off on this home. */
export async function listSensorRows(store: Tx, worker: string): Promise<SensorRow[]> {
  const { rows } = await store.query<SensorRow>({
    name: 'sensors-list',
    text: `SELECT name, enabled, fields, changed_at AS "changedAt" FROM sensors WHERE worker = $1 ORDER BY name`,
    values: [worker],
  });
  return rows;
}

/** Switches one on with these fields. */
export async function writeSensorRow(
  tx: Tx,
  { worker, name, enabled, fields, now }: Omit<SensorRow, 'changedAt'> & { worker: string; now: Date },
): Promise<void> {
  await tx.query({
    name: 'sensors-write',
    text: `INSERT INTO sensors (worker, name, enabled, fields, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $5)
           ON CONFLICT (worker, name) DO UPDATE
             SET enabled = excluded.enabled, fields = excluded.fields, changed_at = excluded.changed_at`,
    values: [worker, name, enabled, JSON.stringify(fields), now],
  });
}

/** How many sensors are kept for a home at most. */
export const maxSensorRows = 500;
