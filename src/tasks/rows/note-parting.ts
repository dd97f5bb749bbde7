import { recordActivity } from '../../activity/rows.ts';
import type { Store } from '../../lib/store/store.ts';
import type { ClaimedTask } from './claim.ts';

/** Adds to an outcome that stands what was odd about the end of its processes, in the task's row and in the log. */
export function notePartingOf(
  store: Pick<Store, 'transaction'>,
  { id, eventId, attempt, worker }: ClaimedTask,
  { words, now }: { words: string; now: Date },
): Promise<void> {
  return store.transaction(async (tx) => {
    await tx.query({
      name: 'tasks-note-parting',
      text: `UPDATE tasks SET reason = concat_ws('; ', reason, $4::text)
              WHERE id = $1 AND worker = $2 AND attempts = $3 AND state = 'done'`,
      values: [id, worker, attempt, words],
    });
    await recordActivity(tx, {
      at: now,
      actor: 'tasks',
      action: 'task.parted',
      summary: `task ${id} was answered; ${words}`,
      eventId,
      taskId: id,
      detail: { attempt, note: words },
    });
  });
}
