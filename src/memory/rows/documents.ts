import { type StoredModel, storeVectors } from '../embed/vector-table.ts';
import type { MemoryKind } from '../kinds.ts';
import type { Store, Tx } from '../../lib/store/store.ts';
import type { PendingMemory } from './pending.ts';

type Same = Pick<PendingMemory, 'id' | 'content_hash'>;

/** The memory that holds the first chunk of a document with this text and trust that is cut to the end, if there is one. */
export async function findSameDocument(
  store: Tx,
  { hash, trust }: { hash: string; trust: string },
): Promise<{ id: number; kind: MemoryKind } | undefined> {
  const { rows } = await store.query<{ id: number; kind: MemoryKind }>({
    name: 'memory-documents-same',
    text: `SELECT memory.id, memory.kind FROM memory_documents AS document JOIN memory_embeddings AS memory ON document_id = document.id
            WHERE document.content_hash = $1 AND document.trust = $2 AND document.chunks IS NOT NULL AND chunk = 0 AND prepared
            ORDER BY memory.id LIMIT 1`,
    values: [hash, trust],
  });
  return rows[0];
}

/**
 * Begins to cut a memory: it becomes the first chunk of a new document, and keeps the whole text until all other chunks are
 * there, so that a crash loses nothing. Resolves to the document's id, or to undefined where the memory changed meanwhile.
 */
export function beginDocument(
  store: Store,
  memory: Same,
  document: { title: string; hash: string; trust: string; chars: number; kind: MemoryKind; now: Date },
): Promise<number | undefined> {
  return store.transaction(async (tx) => {
    const { rows } = await tx.query<{ id: number }>({
      name: 'memory-documents-begin',
      text: `INSERT INTO memory_documents (title, content_hash, trust, chars, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
      values: [document.title, document.hash, document.trust, document.chars, document.now],
    });
    const id = (rows[0] as { id: number }).id;
    const { rowCount } = await tx.query({
      name: 'memory-documents-first',
      text: `UPDATE memory_embeddings SET document_id = $3, chunk = 0, title = $4, kind = $5
              WHERE id = $1 AND content_hash = $2 AND NOT prepared AND document_id IS NULL`,
      values: [memory.id, memory.content_hash, id, document.title, document.kind],
    });
    if (rowCount === 1) return id;
    await tx.query({
      name: 'memory-documents-drop',
      text: 'DELETE FROM memory_documents WHERE id = $1',
      values: [id],
    });
    return undefined;
  });
}

/** Counts the chunks after the first one that are there already. */
export async function countChunks(store: Tx, documentId: number): Promise<number> {
  const { rows } = await store.query<{ count: number }>({
    name: 'memory-documents-count',
    text: 'SELECT count(*)::int AS count FROM memory_embeddings WHERE document_id = $1 AND chunk > 0',
    values: [documentId],
  });
  return rows[0]?.count ?? 0;
}

/** Some chunks of a document, from number `from` on. */
export interface ChunkBatch {
  documentId: number;
  from: number;
  chunks: readonly string[];
  redacted: readonly number[];
  model: StoredModel;
  vectors: readonly Float32Array[];
}

/** Adds chunks with all that is known of the memory that is being cut; those that are there already are left. */
export async function addChunks(store: Store, memory: Same, batch: ChunkBatch): Promise<void> {
  await store.transaction(async (tx) => {
    const { rows } = await tx.query<{ id: number; chunk: number }>({
      name: 'memory-documents-add',
      text: `INSERT INTO memory_embeddings (kind, content, source, trust, importance, origin, title, tags, conversation, event_id, task_id,
                                            pinned, document_id, chunk, redacted, prepared, created_at, last_seen_at, day)
             SELECT kind, piece.text, source, trust, importance, origin, title, tags, conversation, event_id, task_id,
                    pinned, document_id, piece.chunk, piece.redacted, true, created_at, last_seen_at, day
               FROM memory_embeddings, unnest($3::text[], $4::int[], $5::int[]) AS piece (text, chunk, redacted)
              WHERE id = $1 AND content_hash = $2 AND document_id = $6
             ON CONFLICT (document_id, chunk) WHERE document_id IS NOT NULL DO NOTHING RETURNING id, chunk`,
      values: [
        memory.id,
        memory.content_hash,
        batch.chunks,
        batch.chunks.map((_, index) => batch.from + index),
        batch.redacted,
        batch.documentId,
      ],
    });
    await storeVectors(
      tx,
      batch.model,
      rows.map(({ id, chunk }) => ({
        memoryId: id,
        vector: batch.vectors[chunk - batch.from] as Float32Array,
      })),
    );
  });
}

/** Every other chunk is there: the memory keeps its own. */
export function finishDocument(
  store: Store,
  memory: Same,
  document: {
    id: number;
    chunks: number;
    first: string;
    redacted: number;
    model: StoredModel;
    vector: Float32Array;
  },
): Promise<void> {
  return store.transaction(async (tx) => {
    const { rowCount } = await tx.query({
      name: 'memory-documents-last',
      text: `UPDATE memory_embeddings SET content = $3, redacted = $4, prepared = true
              WHERE id = $1 AND content_hash = $2 AND NOT prepared AND document_id = $5`,
      values: [memory.id, memory.content_hash, document.first, document.redacted, document.id],
    });
    if (rowCount !== 1) return;
    await storeVectors(tx, document.model, [{ memoryId: memory.id, vector: document.vector }]);
    await tx.query({
      name: 'memory-documents-whole',
      text: 'UPDATE memory_documents SET chunks = $2 WHERE id = $1',
      values: [document.id, document.chunks],
    });
  });
}
