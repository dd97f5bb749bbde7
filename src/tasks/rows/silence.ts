import { quietBeginning } from '../run/quiet.ts';
import type { Store } from '../../lib/store/store.ts';
import type { TaskAttempt } from './attempt.ts';
import { listedTaskColumns, type TaskListRow } from './list-tasks.ts';

/** Keeps with a running task that no word comes from it, which the upkeep would write down later. */
export async function noteSilence(
  store: Pick<Store, 'query'>,
  { id, attempt, worker }: TaskAttempt,
  progress: string,
): Promise<void> {
  await store.query({
    name: 'tasks-note-silence',
    text: `UPDATE tasks SET progress = $4 WHERE id = $1 AND attempts = $2 AND worker = $3 AND state = 'running'`,
    values: [id, attempt, worker, progress],
  });
}

/** Running tasks of people elsewhere, such as in Discord, from which no word comes, the oldest first. */
export async function listSilent(store: Pick<Store, 'query'>, limit: number): Promise<TaskListRow[]> {
  const { rows } = await store.query<TaskListRow>({
    name: 'tasks-list-silent',
    text: `SELECT ${listedTaskColumns} FROM tasks
            WHERE state = 'running' AND priority = 0 AND reply_to IS NOT NULL AND starts_with(progress, $2)
            ORDER BY id LIMIT $1`,
    values: [limit, quietBeginning],
  });
  return rows;
}
