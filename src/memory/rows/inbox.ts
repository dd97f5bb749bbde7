import type { Tx } from '../../lib/store/store.ts';
import type { PendingMemory } from './pending.ts';

/** A memory that an event brings, with all that is known of it. */
export interface NotedMemory extends PendingMemory {
  source: string;
  tags: string[];
  conversation: string | null;
  event_id: number;
}

/** A note that waits in the inbox, as the memory that it may become: `id` is the one that it will have. */
export interface WaitingNote extends NotedMemory {
  inbox_id: number;
}

/**
 * Notes that wait in the inbox: the owner's first, of each the newest. At most so many, and no more than about so many
 * characters, though always one.
 */
export async function nextWaiting(
  store: Tx,
  { limit, maxChars }: { limit: number; maxChars: number },
): Promise<WaitingNote[]> {
  const { rows } = await store.query<WaitingNote>({
    name: 'memory-inbox-next',
    text: `
      WITH first AS (
        (SELECT 0 AS rank, id, length(content) AS chars FROM memory_inbox WHERE trust = 'owner' ORDER BY id DESC LIMIT $1)
        UNION ALL
        (SELECT 1 AS rank, id, length(content) AS chars FROM memory_inbox WHERE trust <> 'owner' ORDER BY id DESC LIMIT $1)
      ), next AS (
        SELECT id, row_number() OVER place AS place, sum(chars) OVER place - chars AS before_it
          FROM first WINDOW place AS (ORDER BY rank, id DESC) ORDER BY rank, id DESC LIMIT $1
      )
      SELECT nextval('memory_embeddings_id_seq') AS id, inbox.*, false AS pinned, NULL AS edited_at, NULL AS document_id,
             NULL AS chunk, false AS is_being_cut
        FROM (
          SELECT id AS inbox_id, kind, title, content, '' AS content_hash, source, trust, origin, importance, tags, conversation,
                 event_id, seen_count, created_at, last_seen_at
            FROM next JOIN memory_inbox USING (id) WHERE before_it < $2 ORDER BY id
        ) AS inbox`,
    values: [limit, maxChars],
  });
  return rows;
}

/** What is counted on a note while it waits. */
export interface WaitingCount {
  inbox_id: number;
  seen_count: number;
  created_at: Date;
  last_seen_at: Date;
  day: string;
}

/** Takes notes out of the inbox for good, within the transaction that keeps or merges them; resolves to those that were there. */
export async function takeWaiting(tx: Tx, inboxIds: readonly number[]): Promise<WaitingCount[]> {
  if (inboxIds.length === 0) return [];
  const { rows } = await tx.query<WaitingCount>({
    name: 'memory-inbox-take',
    text: `DELETE FROM memory_inbox WHERE id = ANY ($1::bigint[])
           RETURNING id AS inbox_id, seen_count, created_at, greatest(last_seen_at, created_at) AS last_seen_at, day::text`,
    values: [inboxIds],
  });
  return rows;
}

/** Makes memories, not yet prepared, of notes in the inbox, in one statement: a kill at any instant neither loses nor doubles one. */
export async function moveWaiting(store: Tx, inboxIds: readonly number[]): Promise<void> {
  if (inboxIds.length === 0) return;
  await store.query({
    name: 'memory-inbox-move',
    text: `
      WITH taken AS (DELETE FROM memory_inbox WHERE id = ANY ($1::bigint[]) RETURNING *)
      INSERT INTO memory_embeddings
        (kind, content, source, trust, origin, importance, title, tags, conversation, event_id, seen_count, created_at, last_seen_at, day)
      SELECT kind, content, source, trust, origin, importance, title, tags, conversation, event_id, seen_count, created_at,
             greatest(last_seen_at, created_at), day
        FROM taken ORDER BY id`,
    values: [inboxIds],
  });
}
