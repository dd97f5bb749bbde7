import { type StoredModel, vectorTable } from '../embed/vector-table.ts';
import type { Tx } from '../../lib/store/store.ts';

/** A prepared memory without a vector of some model. */
export interface UnembeddedMemory {
  id: number;
  content: string;
  content_hash: string;
}

const maxChars = 8_000;

/** A part of the memories by their ids: those of a range, `after` exclusive, or those that are named. */
export type Where = { after: number; upTo: number } | { ids: readonly number[] };

/** The next prepared memories of a part, by id, that have no vector of this model. */
export async function nextUnembedded(
  store: Tx,
  model: StoredModel,
  { where, limit, except }: { where: Where; limit: number; except: readonly number[] },
): Promise<UnembeddedMemory[]> {
  const isNamed = 'ids' in where;
  const { rows } = await store.query<UnembeddedMemory>({
    name: `memories-unembedded-${isNamed ? 'named-' : ''}${model.id}`,
    text: `SELECT id, left(content, ${maxChars}) AS content, content_hash FROM memory_embeddings AS memory
            WHERE ${isNamed ? 'id = ANY ($3::bigint[])' : 'id > $3 AND id <= $4'} AND prepared AND id <> ALL ($2::bigint[])
              AND NOT EXISTS (SELECT FROM ${vectorTable(model)} WHERE memory_id = memory.id AND model_id = ${model.id})
            ORDER BY id LIMIT $1`,
    values: [limit, except, ...(isNamed ? [where.ids] : [where.after, where.upTo])],
  });
  return rows;
}

/** The highest id of a memory; 0 where there is none. */
export async function lastMemory(store: Tx): Promise<number> {
  const { rows } = await store.query<{ last: number | null }>({
    name: 'memories-last',
    text: 'SELECT max(id) AS last FROM memory_embeddings',
    values: [],
  });
  return rows[0]?.last ?? 0;
}

/** Notes that are no memories yet. */
const notesWaiting = `(SELECT count(*) FROM memory_inbox) + (SELECT coalesce(sum(count), 0) FROM memory_bundles)`;

/** Counts the memories, the prepared ones, and those with a vector of this model. */
export async function countEmbedded(
  store: Tx,
  model: StoredModel | undefined,
): Promise<{ total: number; prepared: number; embedded: number }> {
  const vectors = model === undefined ? '0' : `(SELECT count(*)::int FROM ${vectorTable(model)})`;
  const { rows } = await store.query<{ total: number; prepared: number; embedded: number }>({
    name: `memories-count-embedded-${model?.id ?? 'none'}`,
    text: `SELECT (count(*) + ${notesWaiting})::int AS total, (count(*) FILTER (WHERE prepared))::int AS prepared,
                  ${vectors} AS embedded
             FROM memory_embeddings`,
  });
  return rows[0] ?? { total: 0, prepared: 0, embedded: 0 };
}

/** Counts what was noted and is no memory yet that can be found. */
export async function countWaiting(store: Tx): Promise<number> {
  const { rows } = await store.query<{ waiting: number }>({
    name: 'memories-count-waiting',
    text: `SELECT ((SELECT count(*) FROM memory_embeddings WHERE NOT prepared) + ${notesWaiting})::int AS waiting`,
    values: [],
  });
  return rows[0]?.waiting ?? 0;
}

/** Notes that a model makes vectors; once a day is enough. */
export async function recordModelUse(store: Tx, model: StoredModel, now: Date): Promise<void> {
  await store.query({
    name: 'embedding-models-used',
    text: `UPDATE embedding_models SET last_used_at = $2
            WHERE id = $1 AND coalesce(last_used_at, created_at) < $2::timestamptz - interval '1 day'`,
    values: [model.id, now],
  });
}

/** Models other than these that have made no vector since then. */
export async function unusedModels(store: Tx, used: readonly number[], since: Date): Promise<StoredModel[]> {
  const { rows } = await store.query<StoredModel>({
    name: 'embedding-models-unused',
    text: `SELECT id, name, dimensions, indexed FROM embedding_models
            WHERE id <> ALL ($1::int[]) AND coalesce(last_used_at, created_at) < $2 ORDER BY id`,
    values: [used, since],
  });
  return rows;
}
