import type { MemoryKind, MemoryOrigin } from '../kinds.ts';
import type { Trust } from '../../lib/wire/trust.ts';
import type { Tx } from '../../lib/store/store.ts';

/** A memory that is to be prepared. */
export interface PendingMemory {
  id: number;
  kind: MemoryKind;
  title: string | null;
  content: string;
  /** Tells whether the content is still the same. */
  content_hash: string;
  trust: Trust;
  origin: MemoryOrigin;
  importance: number;
  pinned: boolean;
  edited_at: Date | null;
  last_seen_at: Date;
  seen_count: number;
  document_id: number | null;
  chunk: number | null;
  /** Its document is not cut to the end. */
  is_being_cut: boolean;
}

/** The ids of the next memories to prepare: the owner's first, then in the order in which they came. */
export async function nextUnprepared(store: Tx, limit: number, except: readonly number[]): Promise<number[]> {
  const { rows } = await store.query<{ id: number }>({
    name: 'memories-unprepared',
    text: `SELECT id FROM memory_embeddings WHERE NOT prepared AND id <> ALL ($2::bigint[])
            ORDER BY (trust <> 'owner'), id LIMIT $1`,
    values: [limit, except],
  });
  return rows.map(({ id }) => id);
}

/** One memory that is to be prepared, or undefined where it went or somebody else was quicker. */
export async function findUnprepared(store: Tx, id: number): Promise<PendingMemory | undefined> {
  const { rows } = await store.query<PendingMemory>({
    name: 'memories-find-unprepared',
    text: `SELECT memory.id, kind, memory.title, content, memory.content_hash, memory.trust, origin, importance, pinned, edited_at,
                  last_seen_at, seen_count, document_id, chunk, document_id IS NOT NULL AND chunks IS NULL AS is_being_cut
             FROM memory_embeddings AS memory LEFT JOIN memory_documents AS document ON document.id = document_id
            WHERE memory.id = $1 AND NOT prepared`,
    values: [id],
  });
  return rows[0];
}

/** A memory whose secrets are still in it. */
export type RawMemory = Pick<PendingMemory, 'id' | 'content' | 'content_hash'>;

/** The newest memories that nothing was taken out of yet, as far as they are short enough for one memory. */
export async function nextUnredacted(
  store: Tx,
  { limit, maxChars, except }: { limit: number; maxChars: number; except: readonly number[] },
): Promise<RawMemory[]> {
  const { rows } = await store.query<RawMemory>({
    name: 'memories-unredacted',
    text: `SELECT id, content, content_hash FROM memory_embeddings
            WHERE NOT prepared AND redacted_hash IS DISTINCT FROM content_hash AND document_id IS NULL
              AND length(content) <= $2 AND id <> ALL ($3::bigint[]) ORDER BY id DESC LIMIT $1`,
    values: [limit, maxChars, except],
  });
  return rows;
}

/** Puts the text without secrets in the place of a memory's, from when on full text finds it. Resolves to whether it did. */
export async function revealRedacted(
  store: Tx,
  { id, content_hash: hash }: RawMemory,
  { content, redacted }: { content: string; redacted: number },
): Promise<boolean> {
  const { rowCount } = await store.query({
    name: 'memories-reveal',
    text: `UPDATE memory_embeddings SET content = $3, redacted = redacted + $4, redacted_hash = md5($3)
            WHERE id = $1 AND content_hash = $2 AND NOT prepared`,
    values: [id, hash, content, redacted],
  });
  return rowCount === 1;
}

/** A memory that may say the same as another one. */
export interface SimilarMemory {
  id: number;
  kind: MemoryKind;
  content: string;
  trust: Trust;
  origin: MemoryOrigin;
  pinned: boolean;
  edited_at: Date | null;
  last_seen_at: Date;
  document_id: number | null;
}

/** These memories as far as they are prepared, in no order. */
export async function findSimilar(store: Tx, ids: readonly number[]): Promise<SimilarMemory[]> {
  if (ids.length === 0) return [];
  const { rows } = await store.query<SimilarMemory>({
    name: 'memories-find-similar',
    text: `SELECT id, kind, left(content, 4000) AS content, trust, origin, pinned, edited_at, last_seen_at, document_id
             FROM memory_embeddings WHERE id = ANY ($1::bigint[]) AND prepared`,
    values: [ids],
  });
  return rows;
}
