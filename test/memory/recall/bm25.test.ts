import { describe, expect, it } from 'vitest';
import { bestScore, scoreByBm25 } from '../../../src/memory/recall/bm25.ts';
import { useDatabase } from '../../helpers/use-database.ts';

const { store } = useDatabase('memory_embeddings');

const terms = {
  lexemes: ["o'brien", 'back\\slash', 'pump', 'err4711'],
  weights: [3, 2, 1, 4],
  are_codes: [false, false, false, true],
  mean_length: 3,
  known: 4,
};

/** A tsvector of an array of words, or as it is given, in the text form in which the database hands it over. */
async function textOf(vector: string): Promise<string> {
  const { rows } = await store.query<{ text: string }>({
    text: 'SELECT $1::tsvector::text AS text',
    values: [vector],
  });
  return rows[0]?.text ?? '';
}

describe('BM25 over lexemes', () => {
  it('reads words with quotes and backslashes, and counts positions, as the database writes them', async () => {
    const search = await textOf("'o''brien':3 'back\\\\slash':1A,7B 'pump' 'other':2,4");
    const [scored] = scoreByBm25([{ id: 1, search }], terms);
    const bend = 1.2 * (0.25 + (0.75 * 4) / 3);
    expect(scored?.words).toEqual(["o'brien", 'back\\slash', 'pump']);
    expect(scored?.score).toBeCloseTo(
      (3 * 2.2) / (1 + bend) + (2 * 2 * 2.2) / (2 + bend) + 2.2 / (1 + bend),
      9,
    );
    expect(scored?.codes).toBe(0);
  });

  it('puts the best first and of equal ones the newest, and leaves out what has none of the words', async () => {
    const pump = await textOf("'pump':1 'valve':2");
    const code = await textOf("'err4711' 'pump':1");
    const scored = scoreByBm25(
      [
        { id: 1, search: pump },
        { id: 2, search: await textOf("'valve':1") },
        { id: 3, search: pump },
        { id: 4, search: code },
      ],
      terms,
    );
    expect(scored.map(({ id, codes }) => [id, codes])).toEqual([
      [4, 0.4],
      [3, 0],
      [1, 0],
    ]);
  });

  it('no memory reaches the best score', async () => {
    const search = await textOf(`'pump':${Array.from({ length: 200 }, (_, index) => index + 1).join()}`);
    const only = { ...terms, lexemes: ['pump'], weights: [1], are_codes: [false] };
    const [scored] = scoreByBm25([{ id: 1, search }], only);
    expect(scored?.score).toBeLessThan(bestScore(only));
    expect(scored?.score).toBeGreaterThan(0.98 * bestScore(only));
  });
});
