import type { Tx } from '../../lib/store/store.ts';

/** How far the event of a run has come. */
export interface EventProgress {
  eventId: number;
  /** `task` while it is open. */
  status: string;
  rule: string;
  reason: string | null;
  reply: string | null;
  taskId: number | null;
  taskState: string | null;
  taskStartedAt: Date | null;
}

/** The event of that key, or undefined where it is not recorded yet. */
export async function eventOf(store: Tx, key: string): Promise<EventProgress | undefined> {
  const { rows } = await store.query<EventProgress>({
    name: 'goal-runs-event',
    text: `SELECT event.id AS "eventId", event.status, event.rule, coalesce(event.reason, task.reason) AS reason,
                  left(coalesce(task.reply, event.reply), 200000) AS reply, task.id AS "taskId", task.state AS "taskState",
                  task.started_at AS "taskStartedAt"
             FROM events AS event LEFT JOIN tasks AS task ON task.event_id = event.id WHERE event.dedup_key = $1`,
    values: [key],
  });
  return rows[0];
}
