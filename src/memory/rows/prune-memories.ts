import type { Tx } from '../../lib/store/store.ts';
import { DAY } from '../../lib/time.ts';

/** Their vectors, words and mentions go with them, so fewer than of plain rows. */
const chunkRows = 200;

/** Memories that may go by age: none of the owner's, none pinned or edited, of machines only passing ones. */
const passing = `prepared AND NOT pinned AND edited_at IS NULL AND trust <> 'owner'
  AND (trust = 'untrusted' OR kind IN ('event', 'note', 'task_result'))`;

/**
 * Deletes memories that have been neither said nor recalled for so many days, a few at a time; of a document all or nothing.
 * Resolves to the number of rows deleted.
 */
export async function pruneMemories(
  store: Tx,
  { days, now, signal }: { days: number; now: Date; signal: AbortSignal },
): Promise<number> {
  const before = new Date(now.getTime() - days * DAY);
  let deleted = 0;
  for (;;) {
    signal.throwIfAborted();
    const { rowCount } = await store.query({
      name: 'memories-prune',
      text: `DELETE FROM memory_embeddings WHERE id IN (
               SELECT id FROM memory_embeddings AS memory
                WHERE ${passing} AND greatest(last_seen_at, last_recalled_at) < $1
                  AND NOT EXISTS (
                    SELECT FROM memory_embeddings AS other WHERE other.document_id = memory.document_id
                       AND NOT (${passing} AND greatest(last_seen_at, last_recalled_at) < $1))
                ORDER BY id LIMIT ${chunkRows})`,
      values: [before],
    });
    deleted += rowCount ?? 0;
    if ((rowCount ?? 0) < chunkRows) break;
  }
  await store.query({
    name: 'memory-documents-prune',
    text: `DELETE FROM memory_documents AS document WHERE chunks IS NOT NULL
              AND NOT EXISTS (SELECT FROM memory_embeddings WHERE document_id = document.id)`,
  });
  return deleted;
}
