import { lexicalEmbedder } from '../../../src/memory/embed/lexical-embedder.ts';
import { registerModel, storeVectors } from '../../../src/memory/embed/vector-table.ts';
import { foldStatistics } from '../../../src/memory/recall/fold-statistics.ts';
import type { Store } from '../../../src/lib/store/store.ts';

export interface Remembered {
  content: string;
  kind?: string;
  source?: string;
  trust?: string;
  importance?: number;
  pinned?: boolean;
  createdAt?: Date;
}

const { signal } = new AbortController();

/** Puts memories with their lexical vectors into the store, and counts their words. Resolves to their ids, in order. */
export async function rememberAll(store: Store, memories: readonly Remembered[]): Promise<number[]> {
  const model = await registerModel(store, lexicalEmbedder, new Date());
  const { rows } = await store.query<{ id: number }>({
    text: `INSERT INTO memory_embeddings (kind, content, source, trust, importance, pinned, created_at, last_seen_at, prepared)
           SELECT kind, content, source, trust, importance, pinned, at, at, true FROM unnest($1::text[], $2::text[], $3::text[],
             $4::text[], $5::real[], $6::boolean[], $7::timestamptz[])
             AS given (kind, content, source, trust, importance, pinned, at) RETURNING id`,
    values: [
      memories.map(({ kind = 'note' }) => kind),
      memories.map(({ content }) => content),
      memories.map(({ source = 'shell' }) => source),
      memories.map(({ trust = 'owner' }) => trust),
      memories.map(({ importance = 0.5 }) => importance),
      memories.map(({ pinned = false }) => pinned),
      memories.map(({ createdAt = new Date() }) => createdAt),
    ],
  });
  const ids = rows.map(({ id }) => id);
  const vectors = await lexicalEmbedder.embed(
    memories.map(({ content }) => content),
    { kind: 'passage', signal },
  );
  await storeVectors(
    store,
    model,
    vectors.map((vector, index) => ({ memoryId: ids[index] as number, vector })),
  );
  await foldStatistics(store, { signal });
  return ids;
}
