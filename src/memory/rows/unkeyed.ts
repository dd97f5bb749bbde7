import type { Store, Tx } from '../../lib/store/store.ts';
import { replaceOutdated } from './outdated.ts';

/** A prepared memory without keys. */
export interface UnkeyedMemory {
  id: number;
  content: string;
  content_hash: string;
}

/** The next prepared memories without keys, by id. */
export async function nextUnkeyed(store: Tx, limit: number): Promise<UnkeyedMemory[]> {
  const { rows } = await store.query<UnkeyedMemory>({
    name: 'memories-unkeyed',
    text: `SELECT id, left(content, 20000) AS content, content_hash FROM memory_embeddings
            WHERE prepared AND merge_key IS NULL AND document_id IS NULL ORDER BY id LIMIT $1`,
    values: [limit],
  });
  return rows;
}

/** Gives memories their keys, as far as they are as they were, and marks what is outdated by them. */
export async function keyMemories(
  store: Store,
  memories: readonly (UnkeyedMemory & { mergeKey: string; things: readonly string[] })[],
): Promise<void> {
  if (memories.length === 0) return;
  await store.transaction(async (tx) => {
    await tx.query({
      name: 'memories-key',
      text: `UPDATE memory_embeddings AS memory
                SET merge_key = given.merge_key, things = ARRAY(SELECT jsonb_array_elements_text(given.things::jsonb))
               FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS given (id, hash, merge_key, things)
              WHERE memory.id = given.id AND memory.content_hash = given.hash AND memory.prepared`,
      values: [
        memories.map(({ id }) => id),
        memories.map(({ content_hash: hash }) => hash),
        memories.map(({ mergeKey }) => mergeKey),
        memories.map(({ things }) => JSON.stringify(things)),
      ],
    });
    await replaceOutdated(
      tx,
      memories.filter(({ things }) => things.length > 0).map(({ id }) => id),
    );
  });
}
