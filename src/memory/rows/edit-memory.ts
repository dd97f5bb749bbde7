import type { Tx } from '../../lib/store/store.ts';
import { memoryColumnsWhole, type MemoryRow } from './memories.ts';

/** The owner's change of a memory; a field left out stays as it is. */
export interface MemoryChange {
  content?: string | undefined;
  title?: string | null | undefined;
  kind?: string | undefined;
  importance?: number | undefined;
  tags?: readonly string[] | undefined;
}

/** A memory after a change; `reworded` where it waits to be prepared anew. */
export interface EditedMemory {
  row: MemoryRow;
  reworded: boolean;
}

/**
 * Changes a memory; undefined where there is none of that number. One whose words changed goes through the pipeline again:
 * it is not `prepared` any more and has no vectors until then. Its trust never changes: other words make no stranger's
 * text the owner's.
 */
export async function editMemory(
  tx: Tx,
  id: number,
  { change, now }: { change: MemoryChange; now: Date },
): Promise<EditedMemory | undefined> {
  const { content, title, kind, importance, tags } = change;
  const { rows } = await tx.query<MemoryRow & { reworded: boolean }>({
    name: 'memories-edit-by-owner',
    text: `WITH was AS (SELECT content, title FROM memory_embeddings WHERE id = $1 FOR UPDATE)
           UPDATE memory_embeddings AS memory SET
             content = coalesce($2, memory.content),
             title = CASE WHEN $3 THEN $4 ELSE memory.title END,
             kind = coalesce($5, memory.kind),
             importance = coalesce($6::real, memory.importance),
             tags = coalesce($7::text[], memory.tags),
             edited_at = $8,
             prepared = memory.prepared AND (was.content, was.title)
               IS NOT DISTINCT FROM (coalesce($2, was.content), CASE WHEN $3 THEN $4 ELSE was.title END)
            FROM was WHERE memory.id = $1
       RETURNING ${memoryColumnsWhole.replaceAll(/\w+/g, (column) => `memory.${column}`)},
                 (memory.content, memory.title) IS DISTINCT FROM (was.content, was.title) AS reworded`,
    values: [
      id,
      content ?? null,
      title !== undefined,
      title ?? null,
      kind ?? null,
      importance ?? null,
      tags ?? null,
      now,
    ],
  });
  const [edited] = rows;
  if (edited === undefined) return undefined;
  const { reworded, ...row } = edited;
  if (reworded) {
    await forgetVectors(tx, id);
    await forgetKeys(tx, id);
  }
  return { row, reworded };
}

async function forgetVectors(tx: Tx, id: number): Promise<void> {
  await tx.query({
    name: 'memory-vectors-forget',
    text: 'DELETE FROM memory_vectors WHERE memory_id = $1',
    values: [id],
  });
}

/** Other words may be about another thing: what they replaced holds again until they are prepared. */
async function forgetKeys(tx: Tx, id: number): Promise<void> {
  await tx.query({
    name: 'memory-keys-forget',
    text: `UPDATE memory_embeddings
              SET replaced_by = NULL, merge_key = CASE WHEN id = $1 THEN NULL ELSE merge_key END,
                  things = CASE WHEN id = $1 THEN '{}' ELSE things END
            WHERE id = $1 OR replaced_by = $1`,
    values: [id],
  });
}
