import type { Store } from '../../lib/store/store.ts';
import { listedTaskColumns, type TaskListRow } from './list-tasks.ts';

/** Tasks that wait for the owner's word, the oldest first. */
export async function listInDoubt(store: Pick<Store, 'query'>, limit: number): Promise<TaskListRow[]> {
  const { rows } = await store.query<TaskListRow>({
    name: 'tasks-list-in-doubt',
    text: `SELECT ${listedTaskColumns} FROM tasks WHERE state = 'queued' AND in_doubt ORDER BY id LIMIT $1`,
    values: [limit],
  });
  return rows;
}

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
