import type { Tx } from '../lib/store/store.ts';

/** Something that was done for the upkeep of the home. */
export interface UpkeepRun {
  kind: 'create' | 'drill' | 'verify';
  at: Date;
  endedAt: Date;
  state: 'done' | 'failed';
  archive: string | null;
  /** Why it failed. */
  reason: string | null;
}

/** Whether it was recorded already that an archive is not what it was. */
export async function wasFoundSpoilt(tx: Tx, archive: string): Promise<boolean> {
  const { rows } = await tx.query({
    name: 'upkeep-spoilt',
    text: `SELECT 1 FROM upkeep_runs WHERE kind = 'verify' AND state = 'failed' AND archive = $1 LIMIT 1`,
    values: [archive],
  });
  return rows.length > 0;
}

/** Keeps how it ended. */
export async function recordRun(
  tx: Tx,
  { kind, at, endedAt, state, archive, reason }: UpkeepRun,
): Promise<void> {
  await tx.query({
    name: 'upkeep-record',
    text: `INSERT INTO upkeep_runs (kind, at, ended_at, state, archive, reason) VALUES ($1, $2, $3, $4, $5, $6)`,
    values: [kind, at, endedAt, state, archive, reason],
  });
}
