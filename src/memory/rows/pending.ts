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
  created_at: Date;
  last_seen_at: Date;
  seen_count: number;
  document_id: number | null;
  chunk: number | null;
  /** Its document is not cut to the end. */
  is_being_cut: boolean;
}

/** The owner's words come first, then everybody else's, then what was imported. */
const rank = `(CASE WHEN origin = 'import' THEN 2 WHEN trust = 'owner' THEN 0 ELSE 1 END)`;

/** The next memories to prepare, the newest of a rank first; no more than about so many characters, though always one. */
export async function nextUnprepared(
  store: Tx,
  { limit, maxChars, except }: { limit: number; maxChars: number; except: readonly number[] },
): Promise<PendingMemory[]> {
  const { rows } = await store.query<PendingMemory>({
    name: 'memories-unprepared',
    text: `WITH next AS MATERIALIZED (
             SELECT id, row_number() OVER (ORDER BY ${rank}, id DESC) AS place,
                    sum(length(content)) OVER (ORDER BY ${rank}, id DESC) - length(content) AS before_it
               FROM (SELECT id, origin, trust, content FROM memory_embeddings WHERE NOT prepared AND id <> ALL ($2::bigint[])
                      ORDER BY ${rank}, id DESC LIMIT $1) AS first
           )
           SELECT memory.id, kind, memory.title, content, memory.content_hash, memory.trust, origin, importance, pinned, edited_at,
                  memory.created_at, last_seen_at, seen_count, document_id, chunk, document_id IS NOT NULL AND chunks IS NULL AS is_being_cut
             FROM next JOIN memory_embeddings AS memory USING (id) LEFT JOIN memory_documents AS document ON document.id = document_id
            WHERE before_it < $3 ORDER BY place`,
    values: [limit, except, maxChars],
  });
  return rows;
}

/** A memory whose secrets are still in it. */
export type RawMemory = Pick<PendingMemory, 'id' | 'content' | 'content_hash'>;

/** The newest memories that nothing was taken out of yet, without imports, as far as they are short enough for one memory. */
export async function nextUnredacted(
  store: Tx,
  { limit, maxChars, except }: { limit: number; maxChars: number; except: readonly number[] },
): Promise<RawMemory[]> {
  const { rows } = await store.query<RawMemory>({
    name: 'memories-unredacted',
    text: `SELECT id, content, content_hash FROM memory_embeddings
            WHERE NOT prepared AND origin <> 'import' AND redacted_hash IS DISTINCT FROM content_hash AND document_id IS NULL
              AND length(content) <= $2 AND id <> ALL ($3::bigint[]) ORDER BY id DESC LIMIT $1`,
    values: [limit, maxChars, except],
  });
  return rows;
}

/** Puts the texts without secrets in the place of those of memories that are as they were; full text finds them from then on. */
export async function revealRedacted(
  store: Tx,
  redacted: readonly (RawMemory & { text: string; secrets: number })[],
): Promise<void> {
  if (redacted.length === 0) return;
  await store.query({
    name: 'memories-reveal',
    text: `UPDATE memory_embeddings AS memory
              SET content = given.text, redacted = memory.redacted + given.secrets, redacted_hash = md5(given.text)
             FROM unnest($1::bigint[], $2::text[], $3::text[], $4::int[]) AS given (id, hash, text, secrets)
            WHERE memory.id = given.id AND memory.content_hash = given.hash AND NOT memory.prepared`,
    values: [
      redacted.map(({ id }) => id),
      redacted.map(({ content_hash: hash }) => hash),
      redacted.map(({ text }) => text),
      redacted.map(({ secrets }) => secrets),
    ],
  });
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

/** Prepared memories that may say the same, by their merge keys (see keep/keys.ts). */
export async function findByMergeKey(
  store: Tx,
  keys: readonly string[],
): Promise<(SimilarMemory & { merge_key: string })[]> {
  if (keys.length === 0) return [];
  const { rows } = await store.query<SimilarMemory & { merge_key: string }>({
    name: 'memories-by-merge-key',
    // Key by key: without statistics, which the embedded database seldom has, all of them at once look like a sixth of the table.
    text: `SELECT same.* FROM unnest($1::text[]) AS given (key), LATERAL (
             SELECT id, kind, left(content, 4000) AS content, trust, origin, pinned, edited_at, last_seen_at, document_id, merge_key
               FROM memory_embeddings WHERE merge_key = given.key AND prepared AND document_id IS NULL OFFSET 0
           ) AS same ORDER BY id`,
    values: [keys],
  });
  return rows;
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
