import type { Store } from '../../lib/store/store.ts';

/** True where a task waits for the owner's word, since a deed of it may have been done. */
export async function isInDoubt(store: Pick<Store, 'query'>, id: number): Promise<boolean> {
  const { rowCount } = await store.query({
    name: 'tasks-is-in-doubt',
    text: `SELECT FROM tasks WHERE id = $1 AND state = 'queued' AND in_doubt`,
    values: [id],
  });
  return rowCount === 1;
}

/** Lets a task in doubt go on at once; false where it does not wait for that. */
export async function endDoubt(store: Pick<Store, 'query'>, id: number, now: Date): Promise<boolean> {
  const { rowCount } = await store.query({
    name: 'tasks-end-doubt',
    text: `UPDATE tasks SET in_doubt = false, run_after = $2, waits_from = $2, progress = NULL
            WHERE id = $1 AND state = 'queued' AND in_doubt`,
    values: [id, now],
  });
  return rowCount === 1;
}
