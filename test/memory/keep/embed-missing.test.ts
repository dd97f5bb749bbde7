import { expect, it, vi } from 'vitest';
import type { Embedder } from '../../../src/memory/embed/embedder.ts';
import { createEmbedMissing } from '../../../src/memory/keep/embed-missing.ts';
import type { Statement, Store } from '../../../src/lib/store/store.ts';
import { useDatabase } from '../../helpers/use-database.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const { store } = useDatabase('memory_embeddings');
const { signal } = new AbortController();

const told: string[] = [];
const embedder: Embedder = {
  model: 'tiny@named',
  dimensions: 2,
  voice: { weight: 0.1, unrelatedBelow: 0 },
  embed(texts) {
    told.push(...texts);
    return Promise.resolve(texts.map(() => Float32Array.of(1, 0)));
  },
};
const looked: Statement[] = [];
const watched: Store = {
  query(statement) {
    if (statement.name?.startsWith('memories-unembedded') === true) looked.push(statement);
    return store.query(statement);
  },
  transaction: (work) => store.transaction(work),
};
const add = async (from: number, to: number): Promise<void> => {
  await store.query({
    text: `INSERT INTO memory_embeddings (id, kind, content, source, trust, created_at, last_seen_at, prepared)
           OVERRIDING SYSTEM VALUE
           SELECT n, 'note', 'memory ' || n, 'cli', 'owner', now(), now(), true FROM generate_series($1::int, $2::int) n`,
    values: [from, to],
  });
};
const vectors = async (): Promise<number> =>
  (await store.query<{ count: number }>({ text: 'SELECT count(*)::int AS count FROM memory_vectors' }))
    .rows[0]?.count ?? -1;

it('looks through all memories once, then for those that are named and a window of the others', async () => {
  const embedMissing = createEmbedMissing({
    store: watched,
    onRefused: () => undefined,
    now: () => new Date(),
  });
  const pass = (more: { ids?: number[]; isMany?: boolean } = {}) =>
    embedMissing(embedder, { goOn: () => true, signal, ...more });
  await add(1, 10);
  await add(9_000, 9_010);
  expect(await pass()).toMatchObject({ embedded: 21, isMore: false });

  // A named one is embedded at once, wherever it stands.
  await add(8_000, 8_001);
  looked.length = 0;
  told.length = 0;
  expect(await pass({ ids: [8_001] })).toMatchObject({ embedded: 1, isMore: false });
  expect(told).toEqual(['memory 8001']);
  expect(looked.length).toBeLessThanOrEqual(3);

  // One that nobody names is met in the end, a window a pass.
  for (let round = 0; round < 6 && (await vectors()) < 23; round += 1) await pass();
  expect(await vectors()).toBe(23);

  // Where more have changed than are named, all are looked through.
  await add(5_000, 5_100);
  expect(await pass({ isMany: true })).toMatchObject({ embedded: 101, isMore: false });
});

it('keeps no vector of words that the memory does not have any more', async () => {
  await add(1, 2);
  const rewording: Embedder = {
    ...embedder,
    async embed(texts, options) {
      await store.query({ text: `UPDATE memory_embeddings SET content = 'other words' WHERE id = 2` });
      return embedder.embed(texts, options);
    },
  };
  const embedMissing = createEmbedMissing({ store, onRefused: () => undefined, now: () => new Date() });
  await embedMissing(rewording, { goOn: () => true, signal });
  const { rows } = await store.query({ text: 'SELECT memory_id FROM memory_vectors' });
  expect(rows).toEqual([{ memory_id: 1 }]);
});
