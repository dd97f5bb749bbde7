import type { Tx } from '../../lib/store/store.ts';

/** Counts that memories (`memory:<id>`; others are left out) were given to a task or a person. */
export async function recordRecalled(store: Tx, ids: readonly string[], now: Date): Promise<void> {
  const numbers = ids.flatMap((id) => (id.startsWith('memory:') ? [Number(id.slice('memory:'.length))] : []));
  if (numbers.length === 0) return;
  await store.query({
    name: 'memories-note-recalled',
    text: `UPDATE memory_embeddings
              SET recall_count = recall_count + 1, last_recalled_at = greatest(last_recalled_at, $2)
            WHERE id = ANY ($1::bigint[])`,
    values: [numbers, now],
  });
}
