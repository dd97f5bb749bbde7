import type { Tx } from '../../lib/store/store.ts';

/** Finds the words of memories anew whose words were found by older rules (see sql/). Resolves to how many. */
export async function respellMemories(store: Tx, limit: number): Promise<number> {
  const { rowCount } = await store.query({
    name: 'memories-respell',
    text: `UPDATE memory_embeddings SET spelling = 2
            WHERE id IN (SELECT id FROM memory_embeddings WHERE spelling < 2 ORDER BY id DESC LIMIT $1 FOR UPDATE SKIP LOCKED)`,
    values: [limit],
  });
  return rowCount ?? 0;
}
