import { beforeEach, expect, it } from 'vitest';
import {
  dropModel,
  findModel,
  registerModel,
  storeVectors,
  vectorLiteral,
  vectorTable,
} from '../../../src/memory/embed/vector-table.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase('memory_embeddings');
beforeEach(() =>
  store.query({
    text: `INSERT INTO memory_embeddings (kind, content, source, trust, created_at, last_seen_at)
           SELECT 'note', 'memory ' || n, 'cli', 'owner', now(), now() FROM generate_series(1, 3) n`,
  }),
);

const now = new Date('2026-11-22T12:00:00Z');
const small = { model: 'org/small@1', dimensions: 2 };
const wide = { model: 'org/wide@1', dimensions: 3 };

const rows = async (text: string): Promise<unknown[]> => (await store.query({ text })).rows;

it('keeps the vectors of each model in a table of its own, whatever their dimensions', async () => {
  const [first, second] = [await registerModel(store, small, now), await registerModel(store, wide, now)];
  await storeVectors(store, first, [
    { memoryId: 1, vector: Float32Array.of(1, 0) },
    { memoryId: 2, vector: Float32Array.of(0, 1) },
  ]);
  await storeVectors(store, second, [{ memoryId: 1, vector: Float32Array.of(0, 0, 1) }]);

  expect(await rows(`SELECT memory_id, embedding::text FROM ${vectorTable(first)} ORDER BY 1`)).toEqual([
    { memory_id: 1, embedding: '[1,0]' },
    { memory_id: 2, embedding: '[0,1]' },
  ]);
  expect(await rows(`SELECT memory_id, embedding::text FROM ${vectorTable(second)}`)).toEqual([
    { memory_id: 1, embedding: '[0,0,1]' },
  ]);
  const nearest = await store.query<{ memory_id: number }>({
    text: `SELECT memory_id FROM ${vectorTable(first)} ORDER BY embedding::vector(2) <=> $1::vector LIMIT 1`,
    values: [vectorLiteral(Float32Array.of(0.1, 0.9))],
  });
  expect(nearest.rows).toEqual([{ memory_id: 2 }]);

  await dropModel(store, first);
  expect(await findModel(store, small)).toBeUndefined();
  expect(await rows('SELECT model_id FROM memory_vectors')).toEqual([{ model_id: second.id }]);
});

it('registers a model once, even when two ask at the same time, and again after it was dropped', async () => {
  const [one, other] = await Promise.all([
    registerModel(store, small, now),
    registerModel(store, small, now),
  ]);
  expect(one).toEqual({ id: one.id, name: 'org/small@1', dimensions: 2, indexed: false });
  expect(other).toEqual(one);
  await dropModel(store, one);
  expect((await registerModel(store, small, now)).id).not.toBe(one.id);
});

it('replaces a vector, and leaves out a memory that has gone', async () => {
  const model = await registerModel(store, small, now);
  await storeVectors(store, model, [{ memoryId: 3, vector: Float32Array.of(1, 0) }]);
  await storeVectors(store, model, [
    { memoryId: 3, vector: Float32Array.of(0, 1) },
    { memoryId: 99, vector: Float32Array.of(0, 1) },
  ]);
  expect(await rows(`SELECT memory_id, embedding::text FROM ${vectorTable(model)}`)).toEqual([
    { memory_id: 3, embedding: '[0,1]' },
  ]);
  await store.query({ text: 'DELETE FROM memory_embeddings WHERE id = 3' });
  expect(await rows(`SELECT memory_id FROM ${vectorTable(model)}`)).toEqual([]);
});

it('refuses vectors of another dimension', async () => {
  const model = await registerModel(store, small, now);
  await expect(
    storeVectors(store, model, [{ memoryId: 1, vector: Float32Array.of(1, 0, 0) }]),
  ).rejects.toThrow('expected a vector of 2 dimensions, got 3');
});
