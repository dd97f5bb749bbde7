import { beforeEach, describe, expect, it } from 'vitest';
import { embedLexically, lexicalEmbedder } from '../../../src/memory/embed/lexical-embedder.ts';
import { findModel, storeVectors } from '../../../src/memory/embed/vector-table.ts';
import type { RecallFilter } from '../../../src/memory/recall/recall.ts';
import { searchNearest } from '../../../src/memory/recall/nearest.ts';
import {
  beginVectorIndexes,
  keepVectorIndexes,
  type VectorIndexOptions,
} from '../../../src/memory/recall/vector-index.ts';
import { maintain } from '../../../src/lib/store/maintain.ts';
import { useDatabase } from '../../helpers/use-database.ts';
import { rememberAll } from './remembered.ts';

const { store } = useDatabase('memory_embeddings');

const { signal } = new AbortController();
const always = () => true;
const keep = (options: Partial<VectorIndexOptions> = {}) =>
  keepVectorIndexes(store, { exactUpTo: 100, batch: 50, goOn: always, signal, ...options });
const search = (text: string, filter?: RecallFilter) =>
  searchNearest(store, {
    vector: embedLexically(text),
    embedder: lexicalEmbedder,
    limit: 10,
    ...(filter && { filter }),
  });
const subjects = ['disk', 'garden', 'kettle', 'bicycle', 'invoice', 'router', 'sourdough', 'piano'];
const memories = Array.from({ length: 240 }, (_, n) => ({
  content: `${subjects[n % 8] ?? ''} story ${n} of the ${subjects[(n * 3 + 1) % 8] ?? ''}`,
  kind: n % 60 === 0 ? 'preference' : 'note',
}));

beforeEach(() => keep());

describe('the vector index', () => {
  it('does not exist while an exact scan is quick enough', async () => {
    await rememberAll(store, memories.slice(0, 100));
    expect(await keep()).toEqual([{ model: 'ninjad-lexical-1', kind: 'exact', unindexed: 100 }]);
    expect((await search('disk')).how).toBe('exact');
  });

  it('finds what an exact scan finds, with the same scores', async () => {
    await rememberAll(store, memories);
    await beginVectorIndexes(store, { exactUpTo: memories.length, goOn: always, signal });
    const exact = await search('the garden story');
    // Begun and left empty, as in an import: the newest are compared beside it.
    await beginVectorIndexes(store, { exactUpTo: memories.length - 1, goOn: always, signal });
    const beside = await search('the garden story');
    expect(beside.how).toBe('hnsw');
    expect(beside.hits.map(({ score }) => score)).toEqual(exact.hits.map(({ score }) => score));
    expect(await keep()).toEqual([{ model: 'ninjad-lexical-1', kind: 'hnsw', unindexed: 0 }]);
    const indexed = await search('the garden story');
    expect([exact.how, indexed.how]).toEqual(['exact', 'hnsw']);
    const shared = indexed.hits.filter(({ id }) => exact.hits.some((hit) => hit.id === id));
    expect(shared.length).toBeGreaterThanOrEqual(9);
    expect(indexed.hits[0]?.score).toBeCloseTo(exact.hits[0]?.score ?? 0, 5);
  });

  it('is what the plan of a search uses', async () => {
    await rememberAll(store, memories);
    await keep();
    const model = await findModel(store, lexicalEmbedder);
    const plan = await store.transaction(async (tx) => {
      await tx.query({ text: 'SET LOCAL enable_seqscan = off' });
      return tx.query<{ 'QUERY PLAN': string }>({
        text: `EXPLAIN SELECT memory_id FROM memory_vectors_${model?.id ?? 0} AS vector WHERE vector.indexed
               ORDER BY (vector.embedding::vector(384)) <=> $1::vector(384) LIMIT 10`,
        values: [JSON.stringify(Array.from(embedLexically('disk')))],
      });
    });
    expect(plan.rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(
      /Index Scan using memory_vectors_\d+_hnsw/,
    );
  });

  it('finds under a filter what few memories pass', async () => {
    await rememberAll(store, memories);
    await keep();
    const { hits, how } = await search('garden story', { kinds: ['preference'] });
    expect(how).toBe('hnsw');
    expect(hits).toHaveLength(4);
  });

  it('misses nothing that came after it', async () => {
    await rememberAll(store, memories);
    await keep();
    const [id] = await rememberAll(store, [{ content: 'the zebra crossed the road' }]);
    const { how, hits } = await search('zebra');
    expect(how).toBe('hnsw');
    expect(hits[0]?.id).toBe(`memory:${id ?? 0}`);
    expect(await keep()).toMatchObject([{ unindexed: 0 }]);
    expect((await search('zebra')).hits[0]?.id).toBe(`memory:${id ?? 0}`);
  });

  it('is made anew when most of it is dead', async () => {
    await rememberAll(store, memories);
    await keep();
    await store.query({ text: 'DELETE FROM memory_embeddings WHERE id % 4 <> 0' });
    await maintain(store);
    expect(await keep({ exactUpTo: 20, minBytesToMind: 100_000 })).toMatchObject([
      { kind: 'hnsw', unindexed: 0 },
    ]);
    const { rows } = await store.query<{ bytes: number }>({
      text: `SELECT sum(pg_relation_size(indexrelid))::int AS bytes FROM pg_stat_user_indexes WHERE indexrelname LIKE '%hnsw'`,
    });
    expect(rows[0]?.bytes).toBeLessThan(240_000);
    expect((await search('garden story')).hits.length).toBeGreaterThanOrEqual(10);
  });

  it('follows a vector that is replaced', async () => {
    const ids = await rememberAll(store, memories);
    await keep();
    const model = await findModel(store, lexicalEmbedder);
    if (model === undefined) throw new Error('no model');
    await storeVectors(store, model, [{ memoryId: ids[7] as number, vector: embedLexically('walrus') }]);
    expect((await search('walrus')).hits[0]?.id).toBe(`memory:${ids[7] ?? 0}`);
    expect(await keep()).toMatchObject([{ unindexed: 0 }]);
    expect((await search('walrus')).hits[0]?.score).toBeCloseTo(1, 5);
  });

  it('goes on where it was stopped', async () => {
    await rememberAll(store, memories);
    expect(await keep({ goOn: () => false })).toMatchObject([{ kind: 'hnsw', unindexed: 190 }]);
    expect(await keep({ goOn: () => false })).toMatchObject([{ unindexed: 140 }]);
    expect(await keep()).toMatchObject([{ unindexed: 0 }]);
  });

  it('is not vacuumed with its table, which would take minutes', async () => {
    await rememberAll(store, memories);
    await keep();
    await store.query({ text: 'DELETE FROM memory_embeddings WHERE id % 2 = 0' });
    const statements: string[] = [];
    await maintain({
      query: (statement) => {
        statements.push(statement.text);
        return store.query(statement);
      },
    });
    expect(statements.filter((text) => /VACUUM.*memory_vectors_\d/.test(text))).toEqual([
      expect.stringMatching(/^VACUUM \(ANALYZE, INDEX_CLEANUP OFF\) public\.memory_vectors_\d+$/),
    ]);
    const { hits } = await search('garden story');
    expect(hits).toHaveLength(10);
  });
});
