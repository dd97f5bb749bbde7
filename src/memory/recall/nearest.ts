import type { Embedder } from '../embed/embedder.ts';
import { findModel, type StoredModel, vectorLiteral, vectorTable } from '../embed/vector-table.ts';
import type { Store, Tx } from '../../lib/store/store.ts';
import type { Hit } from './candidate.ts';
import { filterSql, filterValues, memoryColumns } from './filter-sql.ts';
import type { RecallFilter } from './recall.ts';
import { indexName } from './vector-index.ts';

export interface NearestQuery {
  vector: Float32Array;
  embedder: Pick<Embedder, 'model' | 'dimensions'>;
  /** At most so many hits. */
  limit: number;
  filter?: RecallFilter;
}

/** Hits, and the way in which the vectors were searched: all of them compared, or by the HNSW index and the rest compared. */
export interface NearestHits {
  hits: Hit[];
  /** The model as it is stored; undefined where nothing was embedded with it. */
  model?: StoredModel;
  how: 'exact' | 'hnsw' | 'no vectors';
}

/**
 * So many of the newest vectors outside of the index are compared. While an import fills it, the others are found by their words
 * alone: to compare 100,000 takes the embedded database a fifth of a second.
 */
const maxBesideIndex = 5_000;
/** So many candidates the index keeps while it searches, and so many it looks at under filters before it gives up. */
const efSearch = 120;
const maxScanTuples = 40_000;

/**
 * Memories by cosine similarity of their vectors of this model, best first. Exact while there is no index; else the index by
 * iterative scan, so that filters do not thin out the list, together with an exact scan of the newest that are not in it yet.
 */
export async function searchNearest(store: Store, query: NearestQuery): Promise<NearestHits> {
  const model = await findModel(store, query.embedder);
  if (model === undefined) return { hits: [], how: 'no vectors' };
  const how = model.indexed ? 'hnsw' : 'exact';
  const rows = how === 'hnsw' ? await byIndex(store, model, query) : await exactly(store, model, query);
  return {
    how,
    model,
    hits: known(rows).map(({ id, similarity }) => ({ id: `memory:${id}`, score: similarity })),
  };
}

/** The cosines of these memories (`memory:<id>`) that have a vector of this model, by id. */
export async function cosinesOf(
  store: Tx,
  ids: readonly string[],
  { vector, model }: { vector: Float32Array; model: StoredModel | undefined },
): Promise<Map<string, number>> {
  if (model === undefined || ids.length === 0) return new Map();
  const { rows } = await store.query<NearRow>({
    name: `recall-cosines-${indexName(model)}`,
    text: `SELECT memory_id AS id, 1 - (embedding <=> $1::vector) AS similarity
             FROM ${vectorTable(model)} WHERE memory_id = ANY ($2::bigint[])`,
    values: [vectorLiteral(vector), ids.map((id) => Number(id.slice('memory:'.length)))],
  });
  return new Map(known(rows).map(({ id, similarity }) => [`memory:${id}`, similarity]));
}

interface NearRow {
  id: number;
  similarity: number;
}

/** A vector of length 0 stands for a text that the encoder does not know; it is close to nothing. */
function known(rows: readonly NearRow[]): NearRow[] {
  return rows.filter(({ similarity }) => !Number.isNaN(similarity));
}

async function exactly(store: Tx, model: StoredModel, query: NearestQuery): Promise<NearRow[]> {
  const { rows } = await store.query<NearRow>({
    name: `recall-exact-${isFiltered(query) ? 'some-' : ''}${indexName(model)}`,
    text: selectNearest(model, query, { distance: 'vector.embedding <=> $1::vector' }),
    values: valuesOf(query),
  });
  return rows;
}

async function byIndex(store: Store, model: StoredModel, query: NearestQuery): Promise<NearRow[]> {
  // The index covers only this expression.
  const distance = `(vector.embedding::vector(${model.dimensions})) <=> $1::vector(${model.dimensions})`;
  const found = await store.transaction(async (tx) => {
    await tx.query({ name: 'recall-hnsw-settings', text: hnswSettingsSql, values: [] });
    return tx.query<NearRow>({
      name: `recall-hnsw-${isFiltered(query) ? 'some-' : ''}${indexName(model)}`,
      text: `WITH indexed AS MATERIALIZED (${selectNearest(model, query, { distance, where: 'vector.indexed' })}),
                  beside AS MATERIALIZED (${selectNearest(model, query, { distance, where: besideSql(model) })})
             SELECT * FROM (TABLE indexed UNION ALL TABLE beside) AS every ORDER BY nullif(similarity, 'NaN') DESC NULLS LAST, id DESC LIMIT $2`,
      values: valuesOf(query),
    });
  });
  return found.rows;
}

const mayBeRecalled = filterSql(3, memoryColumns('memory'));

function besideSql(model: StoredModel): string {
  return `NOT vector.indexed AND vector.memory_id > coalesce(
    (SELECT memory_id FROM ${vectorTable(model)} WHERE NOT indexed ORDER BY memory_id DESC OFFSET ${maxBesideIndex} LIMIT 1), 0)`;
}

/** Without a filter the memories themselves are not looked at: that would double the time of an exact scan. */
function selectNearest(
  model: StoredModel,
  query: NearestQuery,
  { distance, where = 'true' }: { distance: string; where?: string },
): string {
  const join = isFiltered(query) ? 'JOIN memory_embeddings AS memory ON memory.id = vector.memory_id' : '';
  // The distance is named once: computed for the order and for the similarity, it would be computed twice for each vector.
  return `SELECT id, 1 - distance AS similarity FROM (
            SELECT vector.memory_id AS id, ${distance} AS distance FROM ${vectorTable(model)} AS vector ${join}
             WHERE ${where} ${isFiltered(query) ? `AND ${mayBeRecalled}` : ''} ORDER BY distance LIMIT $2
          ) AS nearest`;
}

function valuesOf(query: NearestQuery): unknown[] {
  const { vector, limit, filter } = query;
  return [vectorLiteral(vector), limit, ...(isFiltered(query) ? filterValues(filter) : [])];
}

function isFiltered({ filter }: NearestQuery): boolean {
  return filterValues(filter).some((value) => value !== null);
}

/** A plan for any parameters would not know that a filter lets everything through, and might go around the index. */
const hnswSettingsSql = `
  SELECT set_config('hnsw.ef_search', '${efSearch}', true), set_config('hnsw.iterative_scan', 'relaxed_order', true),
         set_config('hnsw.max_scan_tuples', '${maxScanTuples}', true), set_config('plan_cache_mode', 'force_custom_plan', true)`;
