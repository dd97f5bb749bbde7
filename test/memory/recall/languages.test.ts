import { beforeAll, describe, expect, it, vi } from 'vitest';
import { loadBeir } from '../../../bench/recall/beir.ts';
import { packagePath } from '../../../src/lib/package-root.ts';
import { foldStatistics } from '../../../src/memory/recall/fold-statistics.ts';
import { searchFullText } from '../../../src/memory/recall/full-text.ts';
import { insertMemory } from '../../../src/memory/rows/insert-memory.ts';
import { memoryKeeperOn } from '../../helpers/memory-keeper.ts';
import { recallerOn } from '../../helpers/recall.ts';
import { useDatabase } from '../../helpers/use-database.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const { store } = useDatabase();
const { signal } = new AbortController();
const set = await loadBeir(packagePath('bench', 'recall', 'languages'));
const contents = new Map<string, string>();

const keep = () => memoryKeeperOn(store).keep(signal);
const terms = async (text: string): Promise<string[]> =>
  (
    await store.query<{ terms: string[] }>({
      text: 'SELECT tsvector_to_array(memory_terms($1)) AS terms',
      values: [text],
    })
  ).rows[0]?.terms ?? [];

beforeAll(async () => {
  for (const { id, content } of set.memories) {
    contents.set(id, content);
    await insertMemory(store, {
      content,
      kind: 'note',
      source: 'cli',
      trust: 'owner',
      origin: 'owner',
      now: new Date(),
    });
  }
  await keep();
  await foldStatistics(store, { signal });
});

describe('sixty questions in six languages', () => {
  it('are answered by their own words', async () => {
    const byLanguage = new Map<
      string,
      { questions: number; first: number; amongThree: number; missed: string[] }
    >();
    for (const { text, group, judgements } of set.queries) {
      const [wanted] = [...judgements.keys()].map((id) => contents.get(id));
      const { memories } = await recallerOn(store).recall({ text, limit: 3, budgetTokens: 1_000, signal });
      const found = memories.map(({ content }) => content);
      const counts = byLanguage.get(group) ?? { questions: 0, first: 0, amongThree: 0, missed: [] };
      counts.questions += 1;
      if (found[0] === wanted) counts.first += 1;
      if (found.includes(wanted ?? '')) counts.amongThree += 1;
      else counts.missed.push(text);
      byLanguage.set(group, counts);
    }
    console.log('found by language', Object.fromEntries(byLanguage));
    expect([...byLanguage.keys()].sort()).toEqual(['ar', 'de', 'es', 'fr', 'ja', 'zh']);
    for (const [language, { questions, first, amongThree }] of byLanguage) {
      expect(questions, language).toBe(10);
      expect(first, language).toBeGreaterThanOrEqual(8);
      expect(amongThree, language).toBeGreaterThanOrEqual(9);
    }
  });
});

describe('the words of a text', () => {
  it('are English stems where it is English, as ever', async () => {
    expect(await terms('The keys of the boxes were running away')).toEqual(['away', 'box', 'key', 'run']);
  });

  it('have no English stems in another language, but its own beside the words as they stand', async () => {
    const german = await terms('Die Schlüssel der Häuser sind nass und wir haben keine Lampen');
    expect(german).toEqual(
      expect.arrayContaining(['schlüssel', 'schlussel', 'häuser', 'haus', 'lampen', 'lamp', 'nass']),
    );
    const french = await terms('Les chevaux de la voisine sont dans les prés');
    expect(french).toEqual(expect.arrayContaining(['chevaux', 'cheval', 'voisine', 'voisin']));
  });

  it('are pairs of characters where there are no spaces', async () => {
    expect(await terms('备用钥匙')).toEqual(['备用', '用钥', '钥匙']);
    expect(await terms('鍵 と NAS')).toEqual(expect.arrayContaining(['鍵', 'と', 'nas']));
    expect(await terms('ＮＡＳ')).toEqual(await terms('NAS'));
  });

  it('have no article in Arabic', async () => {
    expect(await terms('والكتاب')).toEqual(expect.arrayContaining(['كتاب']));
    expect(await terms('الكتاب')).toEqual(expect.arrayContaining(['كتاب']));
  });

  it('meet where the language of one side cannot be told', async () => {
    const hits = async (text: string): Promise<number> =>
      (await searchFullText(store, { text, limit: 5 })).words.hits.length;
    for (const text of ['Mülltonnen', 'Erdbeeren', 'plombier', 'fontanero', 'Lampen Mülltonnen'])
      expect(await hits(text), text).toBeGreaterThan(0);
  });
});

it('takes the words of memories of before apart anew, in steps, and counts them again', async () => {
  const before = await store.query<{ search: string }>({
    text: 'SELECT search::text FROM memory_embeddings ORDER BY id',
  });
  // As migration 43 finds them: English stems of everything.
  await store.transaction(async (tx) => {
    await tx.query({ text: 'ALTER TABLE memory_embeddings DISABLE TRIGGER memory_embeddings_respelt' });
    await tx.query({
      text: `UPDATE memory_embeddings SET spelling = 1, search = to_tsvector('english', content)`,
    });
    await tx.query({ text: 'ALTER TABLE memory_embeddings ENABLE TRIGGER memory_embeddings_respelt' });
  });
  await foldStatistics(store, { signal });
  await keep();
  await foldStatistics(store, { signal });
  const after = await store.query<{ search: string }>({
    text: 'SELECT search::text FROM memory_embeddings ORDER BY id',
  });
  expect(after.rows).toEqual(before.rows);
  const counted = await store.query<{ wrong: number }>({
    text: `SELECT count(*)::int AS wrong FROM
             (SELECT lexeme, count(*) AS documents FROM memory_embeddings, unnest(search) GROUP BY lexeme) AS real
             FULL JOIN (SELECT * FROM memory_lexemes WHERE documents > 0) AS known USING (lexeme)
            WHERE real.documents IS DISTINCT FROM known.documents`,
  });
  expect(counted.rows).toEqual([{ wrong: 0 }]);
});
