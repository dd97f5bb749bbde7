import type { Store } from '../../lib/store/store.ts';
import { keepTaskReplies } from './keep-task-replies.ts';

/** A task whose row was changed by hand. */
export interface AmendedTask {
  id: number;
  eventId: number;
  state: 'cancelled' | 'queued';
}

/** Cancels a task that waits in the queue; undefined when it is not there (any more). */
export async function cancelQueuedTask(
  store: Store,
  id: number,
  now: Date,
): Promise<AmendedTask | undefined> {
  return amend(store, {
    update: {
      name: 'tasks-cancel-queued',
      text: `UPDATE tasks SET state = 'cancelled', outcome = 'cancelled', reason = 'cancelled', finished_at = $2
              WHERE id = $1 AND state = 'queued' RETURNING id, event_id AS "eventId", state`,
      values: [id, now],
    },
    event: { status: 'failed', reason: 'cancelled' },
    log: { action: 'task.cancelled', summary: `task ${id} was cancelled in the queue` },
    now,
  });
}

/** Queues a task anew that failed, died or was cancelled, with all its attempts; undefined when it is none of these. */
export async function retryEndedTask(store: Store, id: number, now: Date): Promise<AmendedTask | undefined> {
  return amend(store, {
    update: {
      name: 'tasks-retry-ended',
      text: `UPDATE tasks
                SET state = 'queued', outcome = NULL, reason = NULL, attempts = 0, run_after = $2, waits_from = $2, finished_at = NULL,
                    worker = NULL, lease_until = NULL, in_doubt = false
              WHERE id = $1 AND state IN ('failed', 'dead', 'cancelled') RETURNING id, event_id AS "eventId", state`,
      values: [id, now],
    },
    event: { status: 'task', reason: null },
    log: { action: 'task.retried', summary: `task ${id} was queued again by hand` },
    now,
  });
}

interface Amendment {
  update: { name: string; text: string; values: unknown[] };
  event: { status: string; reason: string | null };
  log: { action: string; summary: string };
  now: Date;
}

function amend(store: Store, { update, event, log, now }: Amendment): Promise<AmendedTask | undefined> {
  return store.transaction(async (tx) => {
    const { rows } = await tx.query<AmendedTask>(update);
    const [task] = rows;
    if (task === undefined) return undefined;
    await tx.query({
      name: 'events-amend',
      text: `UPDATE events SET status = $2, reason = $3 WHERE id = $1`,
      values: [task.eventId, event.status, event.reason],
    });
    await tx.query({
      name: 'activity-task-amended',
      text: `INSERT INTO activity_log (at, actor, action, summary, event_id, task_id) VALUES ($1, 'owner', $2, $3, $4, $5)`,
      values: [now, log.action, log.summary, task.eventId, task.id],
    });
    if (task.state === 'cancelled') await keepTaskReplies(tx, [task.id], now);
    return task;
  });
}
