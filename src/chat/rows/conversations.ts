import type { Store } from '../../lib/store/store.ts';

/** A conversation as its list shows it. */
export interface ConversationRow {
  name: string;
  /** The owner's own, or null. */
  title: string | null;
  pinned: boolean;
  /** Where its last message came from. */
  source: string;
  firstPayload: string;
  lastPayload: string;
  lastAt: Date;
  turns: number;
  unread: number;
  runningTaskId: number | null;
}

/** An event counts as answered when its task has ended, or at once where it needed none. */
const answeredAt = `coalesce(task.finished_at, CASE WHEN task.id IS NULL THEN event.received_at END)`;

/** Conversations whose name or words have a text in them. */
const withText = `
  SELECT said.conversation FROM events said LEFT JOIN tasks task ON task.event_id = said.id
    LEFT JOIN conversation_marks named ON named.conversation = said.conversation
   WHERE said.conversation IS NOT NULL
     AND (said.payload ILIKE $2 OR said.reply ILIKE $2 OR task.reply ILIKE $2 OR named.title ILIKE $2)`;

/** What of a conversation is shown: all that came after it was last deleted. */
const isShown = `event.id > coalesce((SELECT hidden_until FROM conversation_marks mark WHERE mark.conversation = event.conversation), 0)`;

/** The pinned conversations and those that were used last; those alone in which a text was said, where one is given. */
export async function listConversations(
  store: Pick<Store, 'query'>,
  { limit, text }: { limit: number; text?: string | undefined },
): Promise<ConversationRow[]> {
  const { rows } = await store.query<ConversationRow>({
    name: 'conversations-list',
    text: `SELECT latest.conversation AS name, mark.title, mark.pinned_at IS NOT NULL AS pinned, last.source,
                  left(first.payload, 2000) AS "firstPayload",
                  left(last.payload, 2000) AS "lastPayload", last.received_at AS "lastAt", latest.turns,
                  unread.count AS unread, running.id AS "runningTaskId"
             FROM (SELECT event.conversation, min(event.id) AS first_id, max(event.id) AS last_id, count(*)::int AS turns
                     FROM events event LEFT JOIN conversation_marks mark ON mark.conversation = event.conversation
                    WHERE event.conversation IS NOT NULL AND event.id > coalesce(mark.hidden_until, 0)
                      AND ($2::text IS NULL OR event.conversation IN (${withText}))
                    GROUP BY event.conversation ORDER BY max(mark.pinned_at) DESC NULLS LAST, max(event.id) DESC LIMIT $1) latest
             JOIN events first ON first.id = latest.first_id
             JOIN events last ON last.id = latest.last_id
             LEFT JOIN conversation_marks mark ON mark.conversation = latest.conversation
             LEFT JOIN conversation_reads read ON read.conversation = latest.conversation
             CROSS JOIN LATERAL (
               SELECT count(*)::int AS count FROM events event LEFT JOIN tasks task ON task.event_id = event.id
                WHERE event.conversation = latest.conversation AND event.id > coalesce(mark.hidden_until, 0)
                  AND ${answeredAt} > coalesce(read.read_until, '-infinity')) unread
             LEFT JOIN tasks running ON running.conversation = latest.conversation AND running.state = 'running'
            ORDER BY mark.pinned_at DESC NULLS LAST, latest.last_id DESC`,
    values: [limit, text === undefined ? null : `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`],
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
              AND event.received_at >= $2 AND ${isShown} AND ${answeredAt} > coalesce(read.read_until, '-infinity')`,
    values: [conversation ?? null, since],
  });
  return rows[0]?.count ?? 0;
}
