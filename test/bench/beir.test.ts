import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadBeir } from '../../bench/recall/beir.ts';
import { embeddersIn } from '../../bench/recall/models.ts';
import { UsageError } from '../../src/lib/errors.ts';
import { makeModels } from '../fixtures/models/make-models.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const whole = {
  'corpus.jsonl':
    '{"_id":"d1","title":"Roof","text":"by Olsen","metadata":{"kind":"article","class":7}}\n{"_id":2,"text":"soup"}\n',
  'queries.jsonl':
    '{"_id":"q1","text":"who mends the roof"}\n{"_id":"q2","text":"lunch","metadata":{"class":"food"}}\n',
  'qrels/test.tsv': 'query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\t2\t2\nq2\td1\t0\n',
};

function setOf(files: Partial<Record<string, string>>): string {
  const dir = tempDir();
  for (const [name, text] of Object.entries(files)) {
    if (text === undefined) continue;
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  return dir;
}

describe('a set in BEIR layout', () => {
  it('is read with numbers for ids and whatever metadata it has', async () => {
    const { memories, queries, remarks } = await loadBeir(setOf(whole));
    expect(memories.map(({ id, content, kind }) => [id, content, kind])).toEqual([
      ['d1', 'Roof\nby Olsen', 'note'],
      ['2', 'soup', 'note'],
    ]);
    expect(queries.map(({ id, group, split, judgements }) => [id, group, split, [...judgements]])).toEqual([
      ['q1', 'all', 'test', [['d1', 1]]],
      [
        'q2',
        'food',
        'test',
        [
          ['2', 2],
          ['d1', 0],
        ],
      ],
    ]);
    expect(remarks).toEqual([]);
  });

  it('may judge what it does not have, which is counted', async () => {
    const dir = setOf({ ...whole, 'qrels/test.tsv': 'q1\td1\t1\nq1\td9\t1\nq7\td1\t1\n' });
    const { queries, remarks } = await loadBeir(dir);
    expect(queries).toHaveLength(1);
    expect(remarks).toEqual([
      `2 judgements were left out, the first: ${join(dir, 'qrels', 'test.tsv')}:2: there is no memory d9 in the corpus`,
    ]);
  });

  it.each([
    ['a line that is no JSON', { 'corpus.jsonl': '{"_id":"d1"' }, /corpus\.jsonl:1: expected a JSON object/],
    ['a memory without text', { 'corpus.jsonl': '{"_id":"d1"}' }, /corpus\.jsonl:1: .*text/s],
    ['an id twice', { 'corpus.jsonl': '{"_id":1,"text":"a"}\n{"_id":1,"text":"b"}' }, /_id 1 occurs twice/],
    ['no queries', { 'queries.jsonl': undefined }, /queries\.jsonl: there is no such file/],
    ['no judgements', { 'qrels/test.tsv': undefined }, /qrels: expected at least one \.tsv file/],
    ['judgements of four columns', { 'qrels/test.tsv': 'q1\t0\td1\t1\n' }, /test\.tsv:1: expected query-id/],
    ['nothing relevant', { 'qrels/test.tsv': 'q1\td1\t0\n' }, /no query has a relevant memory$/],
    [
      'foreign judgements',
      { 'qrels/test.tsv': 'q9\td1\t1\n' },
      /relevant memory, and .*:1: there is no query q9/,
    ],
  ])('is refused with %s, by file and line', async (_, files, message) => {
    const loading = loadBeir(setOf({ ...whole, ...files }));
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toBeInstanceOf(UsageError);
  });
});

it('finds the embedders in a folder of models, but not those of the build or what classifies', async () => {
  const models = tempDir();
  makeModels(models);
  expect(await embeddersIn(models)).toEqual(['Xenova/bge-small-en-v1.5']);
  expect(await embeddersIn(models, 'built-in/bge-small-en-v1.5')).toEqual([]);
});
