import { expect, it, vi } from 'vitest';
import { withoutModels } from '../../../src/lib/inference/without-models.ts';
import { createEmbedders } from '../../../src/memory/embed/embedders.ts';
import { lexicalEmbedder } from '../../../src/memory/embed/lexical-embedder.ts';
import { registerModel } from '../../../src/memory/embed/vector-table.ts';
import { compactResults } from '../../../src/memory/keep/compact-results.ts';
import { dropModels } from '../../../src/memory/keep/drop-models.ts';
import { insertMemory, type NewMemory } from '../../../src/memory/rows/insert-memory.ts';
import { pruneMemories } from '../../../src/memory/rows/prune-memories.ts';
import { useDatabase } from '../../helpers/use-database.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const { store } = useDatabase('memory_embeddings', 'memory_documents');

const { signal } = new AbortController();
const now = new Date('2026-11-24T12:00:00Z');
const old = new Date('2026-01-10T12:00:00Z');
const add = async (content: string, more: Partial<NewMemory> & { set?: string } = {}): Promise<void> => {
  const { set = 'redacted = 0', ...memory } = more;
  const id = await insertMemory(store, {
    content,
    kind: 'note',
    source: 'cron:disk',
    trust: 'local',
    origin: 'event',
    now: old,
    ...memory,
  });
  await store.query({
    text: `UPDATE memory_embeddings SET prepared = true, ${set} WHERE id = $1`,
    values: [id],
  });
};
const contents = async (): Promise<string[]> =>
  (
    await store.query<{ content: string }>({
      text: 'SELECT content FROM memory_embeddings ORDER BY id',
    })
  ).rows.map(({ content }) => content);

it('lets go of what strangers and machines said long ago, and keeps the owner’s, what is pinned, facts and what was recalled', async () => {
  await add('mail', { source: 'email', trust: 'untrusted', kind: 'fact' });
  await add('event', { kind: 'event' });
  await add('result', { kind: 'task_result', origin: 'task' });
  await add('young', { kind: 'event', now });
  await add('mine', { trust: 'owner', kind: 'event' });
  await add('fact', { kind: 'fact', origin: 'agent' });
  await add('pinned', { kind: 'event', set: 'pinned = true' });
  await add('recalled', { kind: 'event', set: `recall_count = 1, last_recalled_at = '2026-11-20'` });
  expect(await pruneMemories(store, { days: 180, now, signal })).toBe(3);
  expect(await contents()).toEqual(['young', 'mine', 'fact', 'pinned', 'recalled']);
});

it('lets go of a document as a whole, or keeps it because one piece was recalled', async () => {
  for (const [id, title] of [
    [1, 'gone'],
    [2, 'kept'],
  ] as const) {
    await store.query({
      text: `INSERT INTO memory_documents (id, title, content_hash, trust, chars, chunks, created_at) OVERRIDING SYSTEM VALUE
             VALUES ($1, $2, 'h', 'untrusted', 9, 2, now())`,
      values: [id, title],
    });
    for (const chunk of [0, 1]) {
      const recalled = id === 2 && chunk === 1 ? `, recall_count = 1, last_recalled_at = '2026-11-20'` : '';
      await add(`${title} ${chunk}`, {
        trust: 'untrusted',
        set: `document_id = ${id}, chunk = ${chunk}${recalled}`,
      });
    }
  }
  expect(await pruneMemories(store, { days: 180, now, signal })).toBe(2);
  expect(await contents()).toEqual(['kept 0', 'kept 1']);
  const { rows } = await store.query({ text: 'SELECT title FROM memory_documents' });
  expect(rows).toEqual([{ title: 'kept' }]);
});

it('gathers old results by month and conversation into summaries of the same trust, to be prepared', async () => {
  const result = (content: string, more: Partial<NewMemory> & { set?: string } = {}) =>
    add(content, { kind: 'task_result', origin: 'task', source: 'cli', ...more });
  await result('how full is nas?\n→ At 91 percent.', { conversation: 'garden' });
  await result('and now?\n→ At 94 percent.', { conversation: 'garden' });
  await result('alone\n→ in its month', { conversation: 'garden', now: new Date('2026-02-10T00:00:00Z') });
  await result('mail one\n→ spam', { source: 'email', trust: 'untrusted' });
  await result('mail two\n→ spam', { source: 'email', trust: 'untrusted' });
  await result('young one\n→ x', { now });
  await result('young two\n→ x', { now });
  await result('pinned\n→ x', { conversation: 'garden', set: 'pinned = true' });
  expect(await compactResults(store, { afterDays: 90, now, signal })).toBe(2);
  expect(await compactResults(store, { afterDays: 90, now, signal })).toBe(0);
  const { rows } = await store.query({
    text: `SELECT kind, origin, trust, title, content, prepared, created_at FROM memory_embeddings
            WHERE origin = 'compaction' ORDER BY trust`,
  });
  expect(rows).toEqual([
    {
      kind: 'summary',
      origin: 'compaction',
      trust: 'local',
      title: 'What tasks did in 2026-01 (garden)',
      content: '- how full is nas? → At 91 percent.\n- and now? → At 94 percent.',
      prepared: false,
      created_at: old,
    },
    expect.objectContaining({ trust: 'untrusted', title: 'What tasks did in 2026-01 (email)' }),
  ]);
  expect((await contents()).filter((content) => !content.startsWith('- '))).toEqual([
    'alone\n→ in its month',
    'young one\n→ x',
    'young two\n→ x',
    'pinned\n→ x',
  ]);
});

it('drops the vectors of a model that has not been used for a month, never those of the lexical one', async () => {
  const longAgo = new Date('2026-09-01T00:00:00Z');
  await registerModel(store, lexicalEmbedder, longAgo);
  await registerModel(store, { model: 'old@1', dimensions: 8 }, longAgo);
  const used = await registerModel(store, { model: 'used@1', dimensions: 8 }, longAgo);
  await store.query({
    text: 'UPDATE embedding_models SET last_used_at = $2 WHERE id = $1',
    values: [used.id, now],
  });
  expect(await dropModels(store, createEmbedders(withoutModels), now)).toEqual(['old@1']);
  const { rows } = await store.query({ text: 'SELECT name FROM embedding_models ORDER BY id' });
  expect(rows).toEqual([{ name: lexicalEmbedder.model }, { name: 'used@1' }]);
});
