import type { Tx } from '../../lib/store/store.ts';

/** Tasks that wait for the end of a rule's quiet hours. */
export interface HeldTasks {
  rule: string;
  count: number;
  /** When the first of them may go on. */
  until: Date;
}

/** Held tasks by rule. */
export async function listHeld(store: Tx): Promise<HeldTasks[]> {
  const { rows } = await store.query<HeldTasks>({
    name: 'rules-held',
    text: `SELECT held_by AS rule, count(*)::int AS count, min(run_after) AS until FROM tasks
            WHERE state = 'queued' AND held_by IS NOT NULL AND outcome = 'held' GROUP BY held_by`,
  });
  return rows;
}

/** Lets the tasks go on that a rule holds; resolves to their number. */
export async function releaseHeld(tx: Tx, rule: string, now: Date): Promise<number> {
  const { rowCount } = await tx.query({
    name: 'rules-release',
    text: `UPDATE tasks SET run_after = $2, waits_from = $2, outcome = NULL, reason = NULL
            WHERE state = 'queued' AND held_by = $1 AND outcome = 'held'`,
    values: [rule, now],
  });
  return rowCount ?? 0;
}
