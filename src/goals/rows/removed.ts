import type { Tx } from '../../lib/store/store.ts';
import { type Goal, goalColumns } from './goals.ts';

/** Takes a goal away, with its name; its row stays for a while, so that it may come back. */
export async function putGoalAway(tx: Tx, { id, now }: { id: number; now: Date }): Promise<void> {
  await tx.query({
    name: 'goals-put-away',
    text: `UPDATE goals SET removed_at = $2 WHERE id = $1`,
    values: [id, now],
  });
}

/** A goal that was removed and whose row is still there, or undefined. */
export async function findRemovedGoal(tx: Tx, id: number): Promise<Goal | undefined> {
  const { rows } = await tx.query<Goal>({
    name: 'goals-find-removed',
    text: `SELECT ${goalColumns} FROM goals WHERE id = $1 AND removed_at IS NOT NULL`,
    values: [id],
  });
  return rows[0];
}

/** The goal of that name that was removed last, or undefined. */
export async function findRemovedGoalByName(store: Tx, name: string): Promise<Goal | undefined> {
  const { rows } = await store.query<Goal>({
    name: 'goals-find-removed-by-name',
    text: `SELECT ${goalColumns} FROM goals WHERE name = $1 AND removed_at IS NOT NULL ORDER BY removed_at DESC LIMIT 1`,
    values: [name],
  });
  return rows[0];
}

/** Brings a removed goal back; what was due meanwhile is left out. */
export async function bringGoalBack(tx: Tx, { id, now }: { id: number; now: Date }): Promise<void> {
  await tx.query({
    name: 'goals-bring-back',
    text: `UPDATE goals SET removed_at = NULL, since = $2, updated_at = $2 WHERE id = $1`,
    values: [id, now],
  });
}
