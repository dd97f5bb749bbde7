import type { Tx } from '../../lib/store/store.ts';

/**
 * Makes memories, not yet prepared, of notes that wait in the inbox: the owner's first, of each the newest. At most so many,
 * and no more than about so many characters, though always one; in one statement, so that a kill at any instant neither
 * loses nor doubles one. Resolves to how many.
 */
export async function takeFromInbox(
  store: Tx,
  { limit, maxChars }: { limit: number; maxChars: number },
): Promise<number> {
  const { rowCount } = await store.query({
    name: 'memory-inbox-take',
    text: `
      WITH next AS (
        SELECT id, sum(length(content)) OVER (ORDER BY rank, id DESC) - length(content) AS before_it FROM (
          (SELECT 0 AS rank, id, content FROM memory_inbox WHERE trust = 'owner' ORDER BY id DESC LIMIT $1)
          UNION ALL
          (SELECT 1 AS rank, id, content FROM memory_inbox WHERE trust <> 'owner' ORDER BY id DESC LIMIT $1)
        ) AS every ORDER BY rank, id DESC LIMIT $1
      ), taken AS (
        DELETE FROM memory_inbox WHERE id IN (SELECT id FROM next WHERE before_it < $2) RETURNING *
      )
      INSERT INTO memory_embeddings
        (kind, content, source, trust, origin, importance, title, tags, conversation, event_id, seen_count, created_at, last_seen_at, day)
      SELECT kind, content, source, trust, origin, importance, title, tags, conversation, event_id, seen_count, created_at,
             greatest(last_seen_at, created_at), day
        FROM taken ORDER BY id`,
    values: [limit, maxChars],
  });
  return rowCount ?? 0;
}
