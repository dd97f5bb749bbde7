import type { Tx } from '../../lib/store/store.ts';
import { likePattern } from '../../lib/store/like-pattern.ts';

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
  conversation: string | null;
  /** The longer text that it is a part of, and which part, from 0. */
  document_id: number | null;
  chunk: number | null;
}

const others = `id, kind, title, source, trust, importance, tags, pinned, seen_count, recall_count, created_at, last_seen_at,
  last_recalled_at, event_id, task_id, conversation, document_id, chunk`;
/** A list cuts long texts. */
const listed = `${others}, left(content, 20000) AS content`;
/** All columns of a `MemoryRow`. */
export const memoryColumnsWhole = `${others}, content`;

/** What a list of memories may be narrowed to; `text` is looked for in the words as they stand. */
export interface MemoryFilter {
  kind?: string | undefined;
  trust?: string | undefined;
  /** A whole source such as `cron:disk`, or what stands before its colon. */
  source?: string | undefined;
  tag?: string | undefined;
  pinned?: boolean | undefined;
  text?: string | undefined;
  since?: Date | undefined;
  until?: Date | undefined;
  /** The event that it was kept from. */
  event?: number | undefined;
}

/** A page of memories: those before an id. */
export interface MemoryQuery extends MemoryFilter {
  before?: number | undefined;
  limit: number;
}

const fits = `($1::text IS NULL OR kind = $1) AND ($2::text IS NULL OR trust = $2)
  AND ($3::boolean IS NULL OR pinned = $3) AND ($4::text IS NULL OR content ILIKE $4 OR title ILIKE $4)
  AND ($5::text IS NULL OR source = $5 OR split_part(source, ':', 1) = $5) AND ($6::text IS NULL OR $6 = ANY (tags))
  AND ($7::timestamptz IS NULL OR created_at >= $7) AND ($8::timestamptz IS NULL OR created_at < $8)
  AND ($9::bigint IS NULL OR event_id = $9)`;

function filterValues({
  kind,
  trust,
  pinned,
  text,
  source,
  tag,
  since,
  until,
  event,
}: MemoryFilter): unknown[] {
  return [
    kind ?? null,
    trust ?? null,
    pinned ?? null,
    likePattern(text),
    source ?? null,
    tag ?? null,
    since ?? null,
    until ?? null,
    event ?? null,
  ];
}

/** The newest memories that fit. */
export async function listMemories(
  store: Tx,
  { before, limit, ...filter }: MemoryQuery,
): Promise<MemoryRow[]> {
  const { rows } = await store.query<MemoryRow>({
    name: 'memories-list-for-people',
    text: `SELECT ${listed} FROM memory_embeddings WHERE ${fits} AND ($10::bigint IS NULL OR id < $10)
            ORDER BY id DESC LIMIT $11`,
    values: [...filterValues(filter), before ?? null, limit],
  });
  return rows;
}

/** The whole memories after an id that fit, the oldest first: at most so many, and no more than about so many characters. */
export async function exportPage(
  store: Tx,
  { after, limit, maxChars, ...filter }: MemoryFilter & { after: number; limit: number; maxChars: number },
): Promise<MemoryRow[]> {
  const { rows } = await store.query<MemoryRow>({
    name: 'memories-export-page',
    text: `SELECT ${memoryColumnsWhole} FROM (
             SELECT *, sum(length(content)) OVER (ORDER BY id) - length(content) AS before_it
               FROM (SELECT * FROM memory_embeddings WHERE ${fits} AND id > $10 ORDER BY id LIMIT $11) AS page
           ) AS measured WHERE before_it < $12 ORDER BY id`,
    values: [...filterValues(filter), after, limit, maxChars],
  });
  return rows;
}

/** One memory with all of its text, or undefined. */
export async function findMemory(store: Tx, id: number): Promise<MemoryRow | undefined> {
  const { rows } = await store.query<MemoryRow>({
    name: 'memories-find-for-people',
    text: `SELECT ${memoryColumnsWhole} FROM memory_embeddings WHERE id = $1`,
    values: [id],
  });
  return rows[0];
}

/** Pins or unpins; undefined where there is none of that number. */
export async function pinMemory(tx: Tx, id: number, pinned: boolean): Promise<MemoryRow | undefined> {
  const { rows } = await tx.query<MemoryRow>({
    name: 'memories-pin-by-owner',
    text: `UPDATE memory_embeddings SET pinned = $2 WHERE id = $1 RETURNING ${memoryColumnsWhole}`,
    values: [id, pinned],
  });
  return rows[0];
}

/** Deletes memories with their vectors; the rows as they were, of those that were there. */
export async function deleteMemories(tx: Tx, ids: readonly number[]): Promise<MemoryRow[]> {
  const { rows } = await tx.query<MemoryRow>({
    name: 'memories-delete-by-owner',
    text: `DELETE FROM memory_embeddings WHERE id = ANY ($1::bigint[]) RETURNING ${memoryColumnsWhole}`,
    values: [ids],
  });
  return rows.sort((a, b) => a.id - b.id);
}

/** How many memories there are, and how many are through the pipeline. */
export async function countMemories(store: Tx): Promise<{ total: number; prepared: number }> {
  const { rows } = await store.query<{ total: number; prepared: number }>({
    name: 'memories-count',
    text: `SELECT count(*)::int AS total, (count(*) FILTER (WHERE prepared))::int AS prepared FROM memory_embeddings`,
  });
  return rows[0] ?? { total: 0, prepared: 0 };
}
