import { type StoredModel, vectorTable } from '../embed/vector-table.ts';
import type { Store } from '../../lib/store/store.ts';

export interface VectorIndexOptions {
  /** Up to so many vectors of a model an exact scan is quick enough; past it they get an HNSW index. */
  exactUpTo?: number;
  /** Vectors put into the index by one statement, for the embedded database 5–20 ms each; others wait so long at most. */
  batch?: number;
  /** An index smaller than this may consist of anything (default 20 MiB). */
  minBytesToMind?: number;
  /** False when it is time to stop for now; called between statements. */
  goOn: () => boolean;
  signal: AbortSignal;
}

/** Whether work in steps goes on. */
type Stepping = Pick<VectorIndexOptions, 'goOn' | 'signal'>;

/** Progress of the index of a model; `unindexed` is 20,000 at most. The newest of them are compared one by one meanwhile. */
export interface VectorIndexState {
  model: string;
  unindexed: number;
  kind: 'exact' | 'hnsw';
}

const defaultExactUpTo = 5_000;
const defaultBatch = 5;
/** To count 100,000 takes the embedded database a tenth of a second. */
const maxCounted = 20_000;
const resetBatch = 500;
const defaultMinBytesToMind = 20 * 1024 * 1024;
const bytesOfNeighbours = 500;

/** The name of the HNSW index of a model. */
export function indexName(model: Pick<StoredModel, 'id'>): string {
  return `${vectorTable(model)}_hnsw`;
}

/**
 * Brings the HNSW indexes a step further. A model with many vectors gets one, over the rows marked `indexed`, while none is
 * marked: that takes no time. Marking rows in small batches fills it, since to build an index over 10,000 rows at once would
 * keep the embedded database busy for half a minute; where it stands is in the rows, so a crash loses nothing. One that
 * consists of dead entries to more than a half is dropped and begun anew: to vacuum it would take minutes.
 */
export async function keepVectorIndexes(
  store: Store,
  options: VectorIndexOptions,
): Promise<VectorIndexState[]> {
  const states: VectorIndexState[] = [];
  for (const model of await modelsOf(store)) states.push(await keepIndex(store, model, options));
  return states;
}

/**
 * Only begins the indexes that are due, which takes no time: from then on a search compares the newest of the vectors that are not in
 * one, and no more all of them.
 */
export async function beginVectorIndexes(
  store: Store,
  options: Stepping & Pick<VectorIndexOptions, 'exactUpTo'>,
): Promise<void> {
  for (const model of await modelsOf(store)) if (!model.indexed) await beginIndex(store, model, options);
}

async function modelsOf(store: Store): Promise<StoredModel[]> {
  const { rows } = await store.query<StoredModel>({
    text: 'SELECT id, name, dimensions, indexed FROM embedding_models ORDER BY id',
  });
  return rows;
}

async function keepIndex(
  store: Store,
  model: StoredModel,
  options: VectorIndexOptions,
): Promise<VectorIndexState> {
  let { indexed } = model;
  if (indexed && (await isMostlyDead(store, model, options.minBytesToMind))) {
    await dropIndex(store, model);
    indexed = false;
  }
  indexed ||= await beginIndex(store, model, options);
  if (indexed) await fill(store, model, options);
  const { rows } = await store.query<{ unindexed: number }>({
    text: `SELECT count(*)::int AS unindexed FROM (SELECT FROM ${vectorTable(model)} WHERE NOT indexed LIMIT ${maxCounted}) AS capped`,
  });
  return { model: model.name, kind: indexed ? 'hnsw' : 'exact', unindexed: rows[0]?.unindexed ?? 0 };
}

/** True where there is an index now. */
async function beginIndex(
  store: Store,
  model: StoredModel,
  options: Stepping & Pick<VectorIndexOptions, 'exactUpTo'>,
): Promise<boolean> {
  const isDue = await hasMoreThan(store, model, options.exactUpTo ?? defaultExactUpTo);
  if (!isDue || !(await unmarkAll(store, model, options))) return false;
  await createIndex(store, model);
  return true;
}

async function createIndex(store: Store, model: StoredModel): Promise<void> {
  await store.transaction(async (tx) => {
    await tx.query({
      text: `CREATE INDEX IF NOT EXISTS ${indexName(model)} ON ${vectorTable(model)}
             USING hnsw ((embedding::vector(${model.dimensions})) vector_cosine_ops) WHERE indexed`,
    });
    await tx.query({ text: 'UPDATE embedding_models SET indexed = true WHERE id = $1', values: [model.id] });
  });
}

async function dropIndex(store: Store, model: StoredModel): Promise<void> {
  await store.transaction(async (tx) => {
    await tx.query({ text: 'UPDATE embedding_models SET indexed = false WHERE id = $1', values: [model.id] });
    await tx.query({ text: `DROP INDEX IF EXISTS ${indexName(model)}` });
  });
}

async function fill(store: Store, model: StoredModel, options: VectorIndexOptions): Promise<void> {
  await inBatches(store, options, {
    batch: options.batch ?? defaultBatch,
    text: markSql(model, { from: 'NOT indexed', to: true }),
  });
}

/** Takes back what a former index had; true once no row is marked. */
function unmarkAll(store: Store, model: StoredModel, options: Stepping): Promise<boolean> {
  return inBatches(store, options, {
    batch: resetBatch,
    text: markSql(model, { from: 'indexed', to: false }),
  });
}

function markSql(model: StoredModel, { from, to }: { from: string; to: boolean }): string {
  const table = vectorTable(model);
  return `UPDATE ${table} SET indexed = ${to} WHERE memory_id IN (
    SELECT memory_id FROM ${table} WHERE ${from} ORDER BY memory_id LIMIT $1 FOR UPDATE SKIP LOCKED)`;
}

async function inBatches(
  store: Store,
  { goOn, signal }: Stepping,
  { batch, text }: { batch: number; text: string },
): Promise<boolean> {
  for (;;) {
    signal.throwIfAborted();
    const { rowCount } = await store.query({ text, values: [batch] });
    if ((rowCount ?? 0) < batch) return true;
    if (!goOn()) return false;
  }
}

async function hasMoreThan(store: Store, model: StoredModel, vectors: number): Promise<boolean> {
  const { rows } = await store.query<{ many: boolean }>({
    text: `SELECT count(*) > $1 AS many FROM (SELECT FROM ${vectorTable(model)} LIMIT $1 + 1) AS capped`,
    values: [vectors],
  });
  return rows[0]?.many ?? false;
}

/** A live entry takes about 2 KB at 384 dimensions: the vector and its 32 neighbours, four to a page. */
async function isMostlyDead(
  store: Store,
  model: StoredModel,
  minBytes = defaultMinBytesToMind,
): Promise<boolean> {
  const { rows } = await store.query<{ dead: boolean }>({
    text: `SELECT index.bytes > $2 AND index.bytes > 2 * $1::float * reltuples AS dead
             FROM pg_class, (SELECT pg_relation_size('${indexName(model)}') AS bytes) AS index
            WHERE oid = '${vectorTable(model)}'::regclass AND reltuples > 0`,
    values: [4 * model.dimensions + bytesOfNeighbours, minBytes],
  });
  return rows[0]?.dead ?? false;
}
