import { lexicalEmbedder } from '../../src/memory/embed/lexical-embedder.ts';
import type { Embedder } from '../../src/memory/embed/embedder.ts';
import { registerModel, storeVectors } from '../../src/memory/embed/vector-table.ts';
import { foldStatistics } from '../../src/memory/recall/fold-statistics.ts';
import { keepVectorIndexes } from '../../src/memory/recall/vector-index.ts';
import { maintain } from '../../src/lib/store/maintain.ts';
import type { Store } from '../../src/lib/store/store.ts';

/** A memory to be stored as it is. */
export interface GivenMemory {
  kind: string;
  content: string;
  source: string;
  trust: string;
  createdAt: Date;
}

export interface FillOptions {
  embedder: Embedder;
  /** Told after each batch how many are stored. */
  onProgress: (stored: number) => void;
  /** Told in words what is done after they are stored. */
  onStep?: (step: string) => void;
}

const batchSize = 200;
const indexBatch = 200;
const stepsWorthTelling = 50;
const { signal } = new AbortController();

/** Stores memories with their vectors, lexical ones always, counts their words, and builds the index. Returns their ids, in order. */
export async function fill(
  store: Store,
  memories: Iterable<GivenMemory>,
  { embedder, onProgress, onStep = () => undefined }: FillOptions,
): Promise<number[]> {
  const embedders =
    embedder.model === lexicalEmbedder.model ? [lexicalEmbedder] : [lexicalEmbedder, embedder];
  const ids: number[] = [];
  for (const batch of inBatches(memories)) {
    const stored = await insert(store, batch);
    for (const each of embedders) await embed(store, each, batch, stored);
    ids.push(...stored);
    onProgress(ids.length);
  }
  onStep('counting their words');
  await foldStatistics(store, { batch: 1_000, signal });
  let steps = 0;
  const goOn = (): boolean => {
    steps += 1;
    if (steps % stepsWorthTelling === 0) onStep(`${steps * indexBatch} vectors in the index`);
    return true;
  };
  await keepVectorIndexes(store, { batch: indexBatch, goOn, signal });
  await maintain(store);
  return ids;
}

async function insert(store: Store, batch: readonly GivenMemory[]): Promise<number[]> {
  const { rows } = await store.query<{ id: number }>({
    name: 'bench-recall-fill',
    text: `INSERT INTO memory_embeddings (kind, content, source, trust, created_at, last_seen_at, prepared)
           SELECT kind, content, source, trust, at, at, true
             FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
                  WITH ORDINALITY AS given (kind, content, source, trust, at, place) ORDER BY place RETURNING id`,
    values: [
      batch.map(({ kind }) => kind),
      batch.map(({ content }) => content),
      batch.map(({ source }) => source),
      batch.map(({ trust }) => trust),
      batch.map(({ createdAt }) => createdAt),
    ],
  });
  return rows.map(({ id }) => id);
}

async function embed(
  store: Store,
  embedder: Embedder,
  batch: readonly GivenMemory[],
  ids: readonly number[],
): Promise<void> {
  const model = await registerModel(store, embedder, new Date());
  const vectors = await embedder.embed(
    batch.map(({ content }) => content),
    { kind: 'passage', signal },
  );
  await storeVectors(
    store,
    model,
    vectors.map((vector, index) => ({ memoryId: ids[index] as number, vector })),
  );
}

function* inBatches(memories: Iterable<GivenMemory>): Generator<GivenMemory[]> {
  let batch: GivenMemory[] = [];
  for (const memory of memories) {
    batch.push(memory);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
