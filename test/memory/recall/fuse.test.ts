import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HitList } from '../../../src/memory/recall/candidate.ts';
import { fuse } from '../../../src/memory/recall/fuse.ts';

const list = (retriever: string, ids: string[], weight = 1): HitList => ({
  retriever,
  weight,
  hits: ids.map((id, index) => ({ id, score: 1 / (index + 1) })),
});

describe('reciprocal rank fusion', () => {
  it('gives 1 / (60 + rank) for each list, by hand', () => {
    const fused = fuse([list('words', ['a', 'b']), list('vectors', ['b', 'c'])]);
    expect(fused.map(({ id }) => id)).toEqual(['b', 'a', 'c']);
    expect(fused.map(({ score }) => score)).toEqual([1 / 62 + 1 / 61, 1 / 61, 1 / 62]);
  });

  it('lets a list weigh less', () => {
    const fused = fuse([list('words', ['a']), list('vectors', ['b'], 0.5)]);
    expect(fused.map(({ id, score }) => [id, score])).toEqual([
      ['a', 1 / 61],
      ['b', 0.5 / 61],
    ]);
  });

  it('says where each list had a candidate', () => {
    const [first] = fuse([list('words', ['x', 'a']), list('vectors', ['a'])]);
    expect(first?.id).toBe('a');
    expect([...(first?.found ?? [])]).toEqual([
      ['words', { rank: 2, score: 1 / 2 }],
      ['vectors', { rank: 1, score: 1 }],
    ]);
  });

  it('counts an id that a list has twice once', () => {
    expect(fuse([list('words', ['a', 'a', 'b'])]).map(({ score }) => score)).toEqual([1 / 61, 1 / 63]);
  });

  it('lets equal scores share a rank', () => {
    const hits = [
      { id: 'a', score: 2 },
      { id: 'b', score: 2 },
      { id: 'c', score: 1 },
    ];
    expect(fuse([{ retriever: 'words', weight: 1, hits }]).map(({ score }) => score)).toEqual([
      1 / 61,
      1 / 61,
      1 / 63,
    ]);
  });

  it('keeps everything, never twice, and the order of a single list', () => {
    fc.assert(
      fc.property(fc.array(fc.uniqueArray(fc.string({ maxLength: 3 })), { maxLength: 4 }), (lists) => {
        const fused = fuse(lists.map((ids, index) => list(`list ${index}`, ids))).map(({ id }) => id);
        expect(new Set(fused)).toEqual(new Set(lists.flat()));
        expect(new Set(fused).size).toBe(fused.length);
        const [only, ...others] = lists;
        if (only !== undefined && others.length === 0) expect(fused).toEqual(only);
      }),
    );
  });
});
