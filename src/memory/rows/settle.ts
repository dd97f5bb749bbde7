import { type StoredModel, storeVectors } from '../embed/vector-table.ts';
import type { MemoryKind } from '../kinds.ts';
import type { Store, Tx } from '../../lib/store/store.ts';
import type { PendingMemory } from './pending.ts';

/** A vector of one model. */
export interface ModelVector {
  model: StoredModel;
  vector: Float32Array;
}

/** A memory as its preparation leaves it. */
export interface Wording {
  content: string;
  /** Secrets that were taken out. */
  redacted: number;
  vectors: readonly ModelVector[];
}

type Same = Pick<PendingMemory, 'id' | 'content_hash'>;

const unchanged = 'id = $1 AND content_hash = $2 AND NOT prepared';

/** Drops a memory that goes into another one; undefined where it went, changed or was prepared meanwhile. */
async function dropUnprepared(
  store: Tx,
  memory: Same,
): Promise<Pick<PendingMemory, 'seen_count' | 'last_seen_at'> | undefined> {
  const { rows } = await store.query<Pick<PendingMemory, 'seen_count' | 'last_seen_at'>>({
    name: 'memories-drop-unprepared',
    text: `DELETE FROM memory_embeddings WHERE ${unchanged} RETURNING seen_count, last_seen_at`,
    values: [memory.id, memory.content_hash],
  });
  return rows[0];
}

/**
 * Lets a memory go into one that says the same and is of the same trust: that one is seen once more, and takes the new
 * wording and kind where they are given. False where either went or changed meanwhile: then nothing has happened.
 */
export function mergeInto(
  store: Store,
  memory: PendingMemory,
  into: { id: number; kind: MemoryKind; wording?: Wording | undefined },
): Promise<boolean> {
  return store
    .transaction(async (tx) => {
      const dropped = await dropUnprepared(tx, memory);
      if (dropped === undefined) return false;
      const seen = await tx.query({
        name: 'memories-merge-into',
        text: `UPDATE memory_embeddings
                SET seen_count = seen_count + $3, last_seen_at = greatest(last_seen_at, $4), importance = greatest(importance, $5),
                    kind = $6, content = coalesce($7, content), redacted = coalesce($8, redacted),
                    replaced_by = CASE WHEN $4 >= last_seen_at THEN NULL ELSE replaced_by END
              WHERE id = $1 AND prepared AND trust = $2`,
        values: [
          into.id,
          memory.trust,
          dropped.seen_count,
          dropped.last_seen_at,
          memory.importance,
          into.kind,
          into.wording?.content ?? null,
          into.wording?.redacted ?? null,
        ],
      });
      if (seen.rowCount !== 1) throw new Overtaken();
      if (into.wording !== undefined) await replaceVectors(tx, into.id, into.wording.vectors);
      return true;
    })
    .catch((thrown: unknown) => {
      if (thrown instanceof Overtaken) return false;
      throw thrown;
    });
}

/** The memory that it was to go into is not there as it was: what was done is undone. */
class Overtaken extends Error {}

/** Another model's vector of the old wording would be wrong: it is made anew in the background. */
async function replaceVectors(tx: Tx, memoryId: number, vectors: readonly ModelVector[]): Promise<void> {
  await tx.query({
    name: 'memory-vectors-forget',
    text: 'DELETE FROM memory_vectors WHERE memory_id = $1',
    values: [memoryId],
  });
  await storeAll(tx, memoryId, vectors);
}

async function storeAll(tx: Tx, memoryId: number, vectors: readonly ModelVector[]): Promise<void> {
  for (const { model, vector } of vectors) await storeVectors(tx, model, [{ memoryId, vector }]);
}
