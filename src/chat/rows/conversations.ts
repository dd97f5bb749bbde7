import type { Store } from '../../lib/store/store.ts';

/** A conversation as its list shows it. */
export interface ConversationRow {
  name: string;
  firstPayload: string;
  lastPayload: string;
  lastAt: Date;
  turns: number;
  unread: number;
  runningTaskId: number | null;
}

/** An event counts as answered when its task has ended, or at once where it needed none. */
const answeredAt = `coalesce(task.finished_at, CASE WHEN task.id IS NULL THEN event.received_at END)`;

/** The conversations that were used last. */
export async function listConversations(
  store: Pick<Store, 'query'>,
  limit: number,
): Promise<ConversationRow[]> {
  const { rows } = await store.query<ConversationRow>({
    name: 'conversations-list',
    text: `SELECT latest.conversation AS name, left(first.payload, 2000) AS "firstPayload",
                  left(last.payload, 2000) AS "lastPayload", last.received_at AS "lastAt", latest.turns,
                  unread.count AS unread, running.id AS "runningTaskId"
             FROM (SELECT conversation, min(id) AS first_id, max(id) AS last_id, count(*)::int AS turns
                     FROM events WHERE conversation IS NOT NULL GROUP BY conversation ORDER BY max(id) DESC LIMIT $1) latest
             JOIN events first ON first.id = latest.first_id
             JOIN events last ON last.id = latest.last_id
             LEFT JOIN conversation_reads read ON read.conversation = latest.conversation
             CROSS JOIN LATERAL (
               SELECT count(*)::int AS count FROM events event LEFT JOIN tasks task ON task.event_id = event.id
                WHERE event.conversation = latest.conversation
                  AND ${answeredAt} > coalesce(read.read_until, '-infinity')) unread
             LEFT JOIN tasks running ON running.conversation = latest.conversation AND running.state = 'running'
            ORDER BY latest.last_id DESC`,
    values: [limit],
  });
  return rows;
}

/** Notes that the owner has read a conversation up to then; never goes back. */
export async function markRead(
  store: Pick<Store, 'query'>,
  conversation: string,
  until: Date,
): Promise<void> {
  await store.query({
    name: 'conversations-mark-read',
    text: `INSERT INTO conversation_reads (conversation, read_until) VALUES ($1, $2)
           ON CONFLICT (conversation)
           DO UPDATE SET read_until = greatest(conversation_reads.read_until, excluded.read_until)`,
    values: [conversation, until],
  });
}

/** How many answers the owner has not read: of one conversation, or of all that were used since `since`. */
export async function countUnread(
  store: Pick<Store, 'query'>,
  { conversation, since }: { conversation?: string; since: Date },
): Promise<number> {
  const { rows } = await store.query<{ count: number }>({
    name: 'conversations-count-unread',
    text: `SELECT count(*)::int AS count
             FROM events event LEFT JOIN tasks task ON task.event_id = event.id
             LEFT JOIN conversation_reads read ON read.conversation = event.conversation
            WHERE event.conversation IS NOT NULL AND ($1::text IS NULL OR event.conversation = $1)
              AND event.received_at >= $2 AND ${answeredAt} > coalesce(read.read_until, '-infinity')`,
    values: [conversation ?? null, since],
  });
  return rows[0]?.count ?? 0;
}
