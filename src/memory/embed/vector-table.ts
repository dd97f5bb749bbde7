import pgvector from 'pgvector';
import { realArray } from '../../lib/store/array-literal.ts';
import type { Store, Tx } from '../../lib/store/store.ts';
import type { Embedder } from './embedder.ts';

/** A model whose vectors are stored. `indexed`: whether there is an HNSW index over them. */
export interface StoredModel {
  id: number;
  name: string;
  dimensions: number;
  indexed: boolean;
}

/** The table of one model's vectors: a partition of `memory_vectors`. */
export function vectorTable({ id }: Pick<StoredModel, 'id'>): string {
  return `memory_vectors_${id}`;
}

/** A vector in the text form of pgvector, for a parameter of type `vector`. */
export function vectorLiteral(vector: Float32Array): string {
  return pgvector.toSql([...vector]) as string;
}

/** The model as it is stored, or undefined while nothing was ever embedded with it. */
export async function findModel(
  store: Tx,
  { model, dimensions }: Pick<Embedder, 'model' | 'dimensions'>,
): Promise<StoredModel | undefined> {
  const { rows } = await store.query<StoredModel>({
    name: 'embedding-models-find',
    text: `SELECT id, name, dimensions, indexed FROM embedding_models WHERE name = $1 AND dimensions = $2`,
    values: [model, dimensions],
  });
  return rows[0];
}

/** The model as it is stored; the first time it gets a row and an empty table, in one transaction. */
export async function registerModel(
  store: Store,
  embedder: Pick<Embedder, 'model' | 'dimensions'>,
  now: Date,
): Promise<StoredModel> {
  const known = await findModel(store, embedder);
  if (known !== undefined) return known;
  return store.transaction(async (tx) => {
    const { rows } = await tx.query<StoredModel>({
      // The update that changes nothing makes a second daemon wait for the first, and gives it the row.
      text: `INSERT INTO embedding_models (name, dimensions, created_at) VALUES ($1, $2, $3)
             ON CONFLICT (name, dimensions) DO UPDATE SET name = excluded.name
             RETURNING id, name, dimensions, indexed`,
      values: [embedder.model, embedder.dimensions, now],
    });
    const model = rows[0] as StoredModel;
    await tx.query({
      text: `CREATE TABLE IF NOT EXISTS ${vectorTable(model)} PARTITION OF memory_vectors FOR VALUES IN (${model.id})`,
    });
    return model;
  });
}

/** A vector of a memory. `hash`: that of the text it was made of, where the memory may have other words by now. */
export interface MemoryVector {
  memoryId: number;
  vector: Float32Array;
  hash?: string;
}

/**
 * Stores the vectors of memories; a memory that has gone or has other words meanwhile is left out, an older vector replaced.
 */
export async function storeVectors(
  tx: Tx,
  model: StoredModel,
  vectors: readonly MemoryVector[],
): Promise<void> {
  if (vectors.length === 0) return;
  for (const { vector } of vectors) {
    if (vector.length !== model.dimensions) {
      throw new RangeError(`expected a vector of ${model.dimensions} dimensions, got ${vector.length}`);
    }
  }
  await tx.query({
    name: 'memory-vectors-store',
    // The lock keeps the memory from going between the look and the insert.
    text: `INSERT INTO memory_vectors (memory_id, model_id, embedding)
           SELECT memory.id, $1, ($3::real[])[(place - 1) * $4::int + 1 : place * $4::int]::vector
             FROM unnest($2::bigint[], $5::text[]) WITH ORDINALITY AS given (id, hash, place)
             JOIN (SELECT id, content_hash FROM memory_embeddings WHERE id = ANY ($2::bigint[]) FOR KEY SHARE) memory USING (id)
            WHERE hash IS NULL OR hash = content_hash
           ON CONFLICT (memory_id, model_id) DO UPDATE SET embedding = excluded.embedding, indexed = false`,
    values: [
      model.id,
      vectors.map(({ memoryId }) => memoryId),
      realArray(vectors.map(({ vector }) => vector)),
      model.dimensions,
      vectors.map(({ hash }) => hash ?? null),
    ],
  });
}

/** Forgets a model and all of its vectors at once. */
export async function dropModel(store: Store, model: StoredModel): Promise<void> {
  await store.transaction(async (tx) => {
    await tx.query({ text: `DROP TABLE IF EXISTS ${vectorTable(model)}` });
    await tx.query({ text: `DELETE FROM embedding_models WHERE id = $1`, values: [model.id] });
  });
}
