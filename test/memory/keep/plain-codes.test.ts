import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { loadBeir } from '../../../bench/recall/beir.ts';
import { crowd, type CrowdMemory } from '../../../bench/recall/crowd.ts';
import { packagePath } from '../../../src/lib/package-root.ts';
import { textArray } from '../../../src/lib/store/array-literal.ts';
import { plainCodes } from '../../../src/memory/keep/plain-codes.ts';
import { useDatabase } from '../../helpers/use-database.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const { store } = useDatabase('memory_embeddings');

const awkward = [
  '',
  'no',
  'nothing of note',
  'ERR-0042 on nas-07, 2026-11-29 at 14:05; v1.02.003, a/b/c#7 and x_09',
  'on 3rd of May, May 3rd, 31 december, march 2026, 7 mayors, sept 30th, 1st jan 2nd feb 12 aprx',
  '10.0.0.7:8080 http://nas-01.lan/la/x?y=1 <b>la</b> &la; user@example.org 1.5e3la 12la la12 la_bar bar-la',
  'Met Rosa → the code is in the safe – “it is”, he said; it’s on the 3rd of May',
  'met → met the, is it of?',
  'she met them (at the lake) and it is: nice. met. the',
  '000123 a000123 a-000 b#00012 0x00ff 9_9 a..b1 --1-- 1e5 12345678901234567890123456789012345678901234567890123456789012345',
  `${'long '.repeat(399)}07-a`,
];

async function expectSame(texts: readonly string[]): Promise<number> {
  const found = texts.map(plainCodes);
  const { rows } = await store.query<{ same: boolean; given: string; database: string; ours: string }>({
    text: `SELECT ours = database AS same, given, database::text, ours::text FROM (
             SELECT given, memory_terms(given) AS database, to_tsvector('english', given) || array_to_tsvector(codes::text[]) AS ours
               FROM unnest($1::text[], $2::text[]) AS every (given, codes) WHERE codes IS NOT NULL
           ) AS compared`,
    values: [texts, found.map((codes) => (codes === undefined ? null : textArray(codes)))],
  });
  for (const row of rows) expect(row.ours, JSON.stringify(row.given)).toBe(row.database);
  return rows.length;
}

it('the words of plain texts are those that the database finds', async () => {
  const sets = await Promise.all(
    ['owner', 'languages'].map((name) => loadBeir(packagePath('bench', 'recall', name))),
  );
  const made = crowd(3);
  const texts = [
    ...awkward,
    ...sets.flatMap(({ memories }) => memories.map(({ content }) => content)),
    ...Array.from({ length: 1_000 }, () => (made.next() as { value: CrowdMemory }).value.content),
  ];
  // Most of the crowd is taken, and nothing of another language.
  expect(await expectSame(texts)).toBeGreaterThan(1_000);
  for (const text of ['die Katzen', 'la casa', 'Straße 7', 'ＥＲＲ－４２', 'Ünal', 'x'.repeat(2_001)])
    expect(plainCodes(text), text).toBeUndefined();
});

it('the words of any plain letters, digits and signs are those that the database finds', async () => {
  const part = fc.constantFrom(
    ...[
      'a',
      'e',
      'la',
      'the',
      ' the ',
      ' of ',
      ' my ',
      ' met ',
      ' → ',
      '→',
      '’',
      'der',
      'x0',
      '0',
      '07',
      '123',
      '9',
      '-',
      '_',
      '.',
      '/',
      ':',
      '#',
      ' ',
      ' of ',
      '@',
      '&',
      '<',
      '>',
    ],
    ...[
      'jan',
      'May',
      'th',
      'nd',
      '2026-02-03',
      '\n',
      "'",
      '"',
      '\\',
      '+',
      'e5',
      '%',
      '?',
      '=',
      ',',
      ';',
      'www.',
      'http://',
    ],
  );
  const texts = fc.sample(
    fc.oneof(
      fc.array(part, { maxLength: 14 }).map((parts) => parts.join('')),
      fc.string({ unit: 'grapheme-ascii', maxLength: 60 }),
    ),
    { numRuns: 6_000, seed: 19 },
  );
  expect(await expectSame(texts)).toBeGreaterThan(1_000);
});
