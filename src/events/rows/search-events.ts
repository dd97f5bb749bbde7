import type { Store } from '../../lib/store/store.ts';
import { likePattern, wildcardPattern } from '../../lib/store/like-pattern.ts';

/** The statuses of an event, as the schema's constraint knows them. */
export const eventStatuses = ['task', 'done', 'dropped', 'failed', 'dead'] as const;

/** An event row as lists show it. */
export interface EventListRow {
  id: number;
  priority: number;
  source: string;
  category: string;
  /** The first 2,000 characters. */
  payload: string;
  occurredAt: Date;
  receivedAt: Date;
  route: string;
  rule: string;
  status: string;
  reason: string | null;
  conversation: string | null;
}

/** What a list of events may be narrowed to; `text` is looked for in the payload, `before` is an event's id. */
export interface EventSearch {
  status?: string | undefined;
  /** In which `*` stands for any characters. */
  source?: string | undefined;
  category?: string | undefined;
  priority?: number | undefined;
  text?: string | undefined;
  before?: number | undefined;
  limit: number;
}

/** An event with its text (up to 100,000 characters), its reply and its task. */
export interface EventRow extends EventListRow {
  reply: string | null;
  taskId: number | null;
}

/** Only so many of the newest events are looked through: the embedded database does one thing at a time. */
const searchedRows = 100_000;

/** The newest events that fit, of the last hundred thousand before `before`. */
export async function searchEvents(
  store: Pick<Store, 'query'>,
  search: EventSearch,
): Promise<EventListRow[]> {
  const { status, source, category, priority, text, before, limit } = search;
  const { rows } = await store.query<EventListRow>({
    name: 'events-search',
    text: `SELECT id, priority, source, category, left(payload, 2000) AS payload, occurred_at AS "occurredAt",
                  received_at AS "receivedAt", route, rule, status, reason, conversation
             FROM (SELECT * FROM events WHERE $1::bigint IS NULL OR id < $1 ORDER BY id DESC LIMIT ${searchedRows}) recent
            WHERE ($2::text IS NULL OR status = $2) AND ($3::text IS NULL OR source LIKE $3)
              AND ($4::text IS NULL OR category = $4) AND ($5::smallint IS NULL OR priority = $5)
              AND ($6::text IS NULL OR payload ILIKE $6)
            ORDER BY id DESC LIMIT $7`,
    values: [
      before ?? null,
      status ?? null,
      wildcardPattern(source),
      category ?? null,
      priority ?? null,
      likePattern(text),
      limit,
    ],
  });
  return rows;
}

/** One event, or undefined. */
export async function findEvent(store: Pick<Store, 'query'>, id: number): Promise<EventRow | undefined> {
  const { rows } = await store.query<EventRow>({
    name: 'events-find',
    text: `SELECT event.id, event.priority, event.source, event.category, left(event.payload, 100000) AS payload,
                  event.occurred_at AS "occurredAt", event.received_at AS "receivedAt", event.route, event.rule, event.status,
                  event.reason, event.conversation, coalesce(task.reply, event.reply) AS reply, task.id AS "taskId"
             FROM events event LEFT JOIN tasks task ON task.event_id = event.id WHERE event.id = $1`,
    values: [id],
  });
  return rows[0];
}

/** Marks a dead event as replayed by another one; false where it is not dead (any more). */
export async function markReplayed(
  store: Pick<Store, 'query'>,
  id: number,
  reason: string,
): Promise<boolean> {
  const { rowCount } = await store.query({
    name: 'events-mark-replayed',
    text: `UPDATE events SET status = 'dropped', reason = $2 WHERE id = $1 AND status = 'dead'`,
    values: [id, reason],
  });
  return rowCount === 1;
}
