import { dayName } from '../../lib/local-time.ts';
import { textArray } from '../../lib/store/array-literal.ts';
import type { Store, Tx } from '../../lib/store/store.ts';
import { type StoredModel, storeVectors } from '../embed/vector-table.ts';
import type { MemoryKind } from '../kinds.ts';
import { mayReplace, replaceOutdated } from './outdated.ts';
import type { PendingMemory } from './pending.ts';

/** The words of a plain text without a title, with its codes (see `plainCodes`) and its day. */
const ownWords = `to_tsvector('english', given.content) || array_to_tsvector(codes::text[])
  || memory_day_word(coalesce(memory.day, (memory.created_at AT TIME ZONE 'UTC')::date))`;

/** A memory that is kept, as its preparation leaves it. */
export interface KeptMemory<Memory extends PendingMemory = PendingMemory> {
  memory: Memory;
  content: string;
  /** Secrets that were taken out. */
  redacted: number;
  mergeKey: string;
  things: readonly string[];
  /** See `plainCodes`; undefined where the database is to find the words. */
  codes: readonly string[] | undefined;
  vector: Float32Array;
}

/** A memory that says what another one says in the same words. */
export interface MergedMemory<Memory extends PendingMemory = PendingMemory> {
  memory: Memory;
  into: number;
  kind: MemoryKind;
}

/** What becomes of a batch of memories. */
export interface BatchOutcome<Memory extends PendingMemory = PendingMemory> {
  kept: readonly KeptMemory<Memory>[];
  merged: readonly MergedMemory<Memory>[];
  dropped: readonly Memory[];
  /** Notes of agents that the owner has now put into words. */
  superseded: readonly number[];
}

/**
 * Carries out what was decided for a batch, in one transaction. Each memory changes only where it is still as it was read:
 * what was edited, went, or was prepared by somebody else meanwhile is left to the next pass.
 */
export function settleBatch(store: Store, model: StoredModel, outcome: BatchOutcome): Promise<void> {
  return store.transaction(async (tx) => {
    const settled = await settleKept(tx, outcome.kept);
    await storeVectors(
      tx,
      model,
      outcome.kept
        .filter(({ memory }) => settled.has(memory.id))
        .map(({ memory, vector }) => ({ memoryId: memory.id, vector })),
    );
    const renewed = await mergeSame(tx, outcome.merged);
    await dropAll(tx, outcome.dropped);
    await dropSuperseded(tx, outcome.superseded);
    const telling = outcome.kept.filter((one) => mayReplace(one) && settled.has(one.memory.id));
    await replaceOutdated(tx, [...telling.map(({ memory }) => memory.id), ...renewed]);
  });
}

async function settleKept(tx: Tx, kept: readonly KeptMemory[]): Promise<Set<number>> {
  if (kept.length === 0) return new Set();
  const { rows } = await tx.query<{ id: number }>({
    name: 'memories-settle-batch',
    text: `UPDATE memory_embeddings AS memory
              SET content = given.content, redacted = memory.redacted + given.redacted, prepared = true,
                  merge_key = given.merge_key, things = given.things::text[],
                  search = CASE WHEN codes IS NULL OR memory.title IS NOT NULL THEN memory.search ELSE ${ownWords} END
             FROM unnest($1::bigint[], $2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[])
               AS given (id, hash, content, redacted, merge_key, things, codes)
            WHERE memory.id = given.id AND memory.content_hash = given.hash AND NOT memory.prepared RETURNING memory.id`,
    values: [
      kept.map(({ memory }) => memory.id),
      kept.map(({ memory }) => memory.content_hash),
      kept.map(({ content }) => content),
      kept.map(({ redacted }) => redacted),
      kept.map(({ mergeKey }) => mergeKey),
      kept.map(({ things }) => textArray(things)),
      kept.map(({ codes }) => codes && textArray(codes)),
    ],
  });
  return new Set(rows.map(({ id }) => id));
}

/** Resolves to the memories that were said again. */
async function mergeSame(tx: Tx, merged: readonly MergedMemory[]): Promise<number[]> {
  const targets = await lockTargets(tx, merged);
  const gone = await dropAll(
    tx,
    merged.filter(({ into }) => targets.has(into)).map(({ memory }) => memory),
  );
  return countSame(
    tx,
    merged.flatMap((one) => {
      const count = gone.get(one.memory.id);
      return count === undefined ? [] : [{ ...one, memory: { ...one.memory, ...count } }];
    }),
  );
}

/** Those of the memories that others are to go into that are still there; they stay until the end of the transaction. */
export async function lockTargets(
  tx: Tx,
  merged: readonly Pick<MergedMemory, 'into'>[],
): Promise<Set<number>> {
  if (merged.length === 0) return new Set();
  const { rows } = await tx.query<{ id: number }>({
    name: 'memories-lock-targets',
    text: 'SELECT id FROM memory_embeddings WHERE id = ANY ($1::bigint[]) AND prepared ORDER BY id FOR UPDATE',
    values: [[...new Set(merged.map(({ into }) => into))]],
  });
  return new Set(rows.map(({ id }) => id));
}

/** Counts on memories what was said again; resolves to their ids. */
export async function countSame(tx: Tx, counted: readonly MergedMemory[]): Promise<number[]> {
  if (counted.length === 0) return [];
  const { rows } = await tx.query<{ id: number }>({
    name: 'memories-merge-batch',
    text: `UPDATE memory_embeddings AS memory
              SET seen_count = memory.seen_count + given.seen, importance = greatest(memory.importance, given.importance),
                  kind = given.kind, last_seen_at = greatest(memory.last_seen_at, given.last_seen_at),
                  created_at = least(memory.created_at, given.created_at),
                  day = CASE WHEN given.created_at < memory.created_at THEN given.day ELSE memory.day END,
                  replaced_by = CASE WHEN given.last_seen_at >= memory.last_seen_at THEN NULL ELSE memory.replaced_by END
             FROM (
               SELECT id, sum(seen)::int AS seen, max(importance) AS importance, (array_agg(kind))[1] AS kind,
                      max(last_seen_at) AS last_seen_at, min(created_at) AS created_at, min(day) AS day
                 FROM unnest($1::bigint[], $2::int[], $3::real[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::date[])
                   AS every (id, seen, importance, kind, last_seen_at, created_at, day) GROUP BY id
             ) AS given
            WHERE memory.id = given.id RETURNING memory.id`,
    values: [
      counted.map(({ into }) => into),
      counted.map(({ memory }) => memory.seen_count),
      counted.map(({ memory }) => memory.importance),
      counted.map(({ kind }) => kind),
      counted.map(({ memory }) => memory.last_seen_at),
      counted.map(({ memory }) => memory.created_at),
      counted.map(({ memory }) => dayName(memory.created_at)),
    ],
  });
  return rows.map(({ id }) => id);
}

/** Resolves to those that were still as they were read, with what was counted on them by then. */
async function dropAll(tx: Tx, memories: readonly PendingMemory[]): Promise<Map<number, Counted>> {
  if (memories.length === 0) return new Map();
  const { rows } = await tx.query<Counted>({
    name: 'memories-drop-batch',
    text: `DELETE FROM memory_embeddings AS memory USING unnest($1::bigint[], $2::text[]) AS given (id, hash)
            WHERE memory.id = given.id AND memory.content_hash = given.hash AND NOT memory.prepared
            RETURNING memory.id, seen_count, created_at, last_seen_at`,
    values: [memories.map(({ id }) => id), memories.map(({ content_hash: hash }) => hash)],
  });
  return new Map(rows.map((row) => [row.id, row]));
}

type Counted = Pick<PendingMemory, 'id' | 'seen_count' | 'created_at' | 'last_seen_at'>;

/** Forgets notes of agents that the owner has put into words. */
export async function dropSuperseded(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query({
    name: 'memories-drop-superseded',
    text: `DELETE FROM memory_embeddings WHERE id = ANY ($1::bigint[]) AND trust = 'local' AND NOT pinned AND edited_at IS NULL`,
    values: [ids],
  });
}
