import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  embedLexically,
  lexicalDimensions,
  lexicalEmbedder,
  wordsOf,
} from '../../../src/memory/embed/lexical-embedder.ts';

const cosine = (a: string, b: string): number => {
  const [left, right] = [embedLexically(a), embedLexically(b)];
  return left.reduce((sum, value, index) => sum + value * (right[index] as number), 0);
};

it('gives unit vectors of the default model’s dimension, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const vector = embedLexically(text);
      expect(vector).toHaveLength(lexicalDimensions);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
    }),
    { numRuns: 300 },
  );
  for (const text of ['', ' \n', '\0', '\ud800', '👍', '???', 'x'.repeat(5_000_000)]) {
    expect(Math.hypot(...embedLexically(text)), JSON.stringify(text.slice(0, 10))).toBeCloseTo(1, 4);
  }
});

it('gives the vectors that are stored under its name: a change of them needs a new one', () => {
  const vector = embedLexically('The backup of nas-01 failed: error ERR-4711, disk full. Größe 3 TB, 東京.');
  const strongest = [...vector.entries()].sort(([, a], [, b]) => Math.abs(b) - Math.abs(a)).slice(0, 3);
  expect(lexicalEmbedder.model).toBe('ninjad-lexical-1');
  expect(strongest.map(([index, value]) => [index, Math.round(value * 1e4) / 1e4])).toMatchInlineSnapshot(`
    [
      [
        301,
        -0.405,
      ],
      [
        362,
        -0.3037,
      ],
      [
        27,
        -0.2632,
      ],
    ]
  `);
});

it('puts texts that share words, or parts of them, nearer than others', () => {
  const text = 'the nightly backup of the nas failed';
  expect(cosine(text, text)).toBeCloseTo(1, 5);
  expect(cosine(text, 'backups of the NAS are failing')).toBeGreaterThan(
    cosine(text, 'the nightly train to Berlin') + 0.1,
  );
  expect(cosine(text, 'my sister likes orchids')).toBeLessThan(0.15);
  expect(cosine('ERR-4711', 'what does ERR-4711 mean')).toBeGreaterThan(
    cosine('ERR-4711', 'what does ERR-4812 mean'),
  );
  expect(cosine('Müller', 'muller')).toBeCloseTo(1, 5);
  expect(cosine('東京は雨です', '東京の天気は雨')).toBeGreaterThan(cosine('東京は雨です', '大阪の店'));
});

it('takes words apart where a script has no spaces, and drops accents and case', () => {
  expect(wordsOf('Über die Brücke: nas-01, 東京')).toEqual([
    'uber',
    'die',
    'brucke',
    'nas',
    '01',
    '東',
    '京',
  ]);
});

it('embeds many texts in their order, and stops when it is told to', async () => {
  const texts = ['one', 'two', 'three', 'four', 'five', 'six'];
  const never = new AbortController().signal;
  const vectors = await lexicalEmbedder.embed(texts, { kind: 'passage', signal: never });
  expect(vectors).toEqual(texts.map(embedLexically));
  const aborted = AbortSignal.abort(new Error('enough'));
  await expect(lexicalEmbedder.embed(texts, { kind: 'query', signal: aborted })).rejects.toThrow('enough');
});
