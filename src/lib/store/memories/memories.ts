import type { Store } from '../store.ts';
import { likePattern } from '../tasks/search-tasks.ts';

type Tx = Pick<Store, 'query'>;

/** A memory as people see it. */
export interface MemoryRow {
  id: number;
  kind: string;
  title: string | null;
  content: string;
  source: string;
  trust: string;
  importance: number;
  tags: string[];
  pinned: boolean;
  seen_count: number;
  recall_count: number;
  created_at: Date;
  last_seen_at: Date;
  last_recalled_at: Date | null;
  event_id: number | null;
  task_id: number | null;
}

const listed = `id, kind, title, left(content, 20000) AS content, source, trust, importance, tags, pinned, seen_count,
  recall_count, created_at, last_seen_at, last_recalled_at, event_id, task_id`;

/** What a list of memories may be narrowed to; `text` is looked for in the words as they stand. */
export interface MemorySearch {
  kind?: string | undefined;
  trust?: string | undefined;
  pinned?: boolean | undefined;
  text?: string | undefined;
  before?: number | undefined;
  limit: number;
}

/** The newest memories that fit. */
export async function listMemories(store: Tx, search: MemorySearch): Promise<MemoryRow[]> {
  const { kind, trust, pinned, text, before, limit } = search;
  const { rows } = await store.query<MemoryRow>({
    name: 'memories-list-for-people',
    text: `SELECT ${listed} FROM memory_embeddings
            WHERE ($1::text IS NULL OR kind = $1) AND ($2::text IS NULL OR trust = $2)
              AND ($3::boolean IS NULL OR pinned = $3) AND ($4::text IS NULL OR content ILIKE $4)
              AND ($5::bigint IS NULL OR id < $5)
            ORDER BY id DESC LIMIT $6`,
    values: [kind ?? null, trust ?? null, pinned ?? null, likePattern(text), before ?? null, limit],
  });
  return rows;
}

/** One memory, or undefined. */
export async function findMemory(store: Tx, id: number): Promise<MemoryRow | undefined> {
  const { rows } = await store.query<MemoryRow>({
    name: 'memories-find-for-people',
    text: `SELECT ${listed} FROM memory_embeddings WHERE id = $1`,
    values: [id],
  });
  return rows[0];
}

/** Pins or unpins; undefined where there is none of that number. */
export async function pinMemory(tx: Tx, id: number, pinned: boolean): Promise<MemoryRow | undefined> {
  const { rows } = await tx.query<MemoryRow>({
    name: 'memories-pin-by-owner',
    text: `UPDATE memory_embeddings SET pinned = $2 WHERE id = $1 RETURNING ${listed}`,
    values: [id, pinned],
  });
  return rows[0];
}

/** Deletes a memory with its vectors; the row as it was, or undefined. */
export async function deleteMemory(tx: Tx, id: number): Promise<MemoryRow | undefined> {
  const { rows } = await tx.query<MemoryRow>({
    name: 'memories-delete-by-owner',
    text: `DELETE FROM memory_embeddings WHERE id = $1 RETURNING ${listed}`,
    values: [id],
  });
  return rows[0];
}

/** How many memories there are, and how many are through the pipeline. */
export async function countMemories(store: Tx): Promise<{ total: number; prepared: number }> {
  const { rows } = await store.query<{ total: number; prepared: number }>({
    name: 'memories-count',
    text: `SELECT count(*)::int AS total, (count(*) FILTER (WHERE prepared))::int AS prepared FROM memory_embeddings`,
  });
  return rows[0] ?? { total: 0, prepared: 0 };
}
