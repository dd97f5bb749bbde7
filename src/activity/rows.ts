import type { Store } from '../lib/store/store.ts';
import { likePattern } from '../lib/store/like-pattern.ts';

/** A line of the activity log. */
export interface Activity {
  id: number;
  at: Date;
  actor: string;
  action: string;
  summary: string;
  eventId: number | null;
  taskId: number | null;
  /** How the text of the task begins; null where it is of none, or of one that is gone. */
  taskText: string | null;
  detail: unknown;
}

/** What the log may be narrowed to; an `action` that ends with a dot stands for all that begin so. */
export interface ActivitySearch {
  actor?: string | undefined;
  action?: string | undefined;
  taskId?: number | undefined;
  text?: string | undefined;
  before?: number | undefined;
  limit: number;
}

const taskChars = 160;

/** The newest lines that fit. */
export async function listActivity(store: Pick<Store, 'query'>, search: ActivitySearch): Promise<Activity[]> {
  const { actor, action, taskId, text, before, limit } = search;
  const { rows } = await store.query<Activity>({
    name: 'activity-list',
    text: `SELECT id, at, actor, action, summary, event_id AS "eventId", task_id AS "taskId",
                  (SELECT left(prompt, ${taskChars}) FROM tasks WHERE tasks.id = task_id) AS "taskText", detail FROM activity_log
            WHERE ($1::text IS NULL OR actor = $1)
              AND ($2::text IS NULL OR action = $2 OR ($2 LIKE '%.' AND starts_with(action, $2)))
              AND ($3::bigint IS NULL OR task_id = $3) AND ($4::text IS NULL OR summary ILIKE $4)
              AND ($5::bigint IS NULL OR id < $5)
            ORDER BY id DESC LIMIT $6`,
    values: [actor ?? null, action ?? null, taskId ?? null, likePattern(text), before ?? null, limit],
  });
  return rows;
}

/** An act to be kept: who did what, to what end. */
export interface ActivityRecord {
  at: Date;
  actor: string;
  action: string;
  summary: string;
  eventId?: number | undefined;
  taskId?: number | undefined;
  detail?: unknown;
}

/** Writes a line into the activity log, best in the transaction of the act itself. */
export async function recordActivity(tx: Pick<Store, 'query'>, record: ActivityRecord): Promise<void> {
  const { at, actor, action, summary, eventId, taskId, detail } = record;
  await tx.query({
    name: 'activity-record',
    text: `INSERT INTO activity_log (at, actor, action, summary, event_id, task_id, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    values: [
      at,
      actor,
      action,
      summary,
      eventId ?? null,
      taskId ?? null,
      detail === undefined ? null : JSON.stringify(detail),
    ],
  });
}
