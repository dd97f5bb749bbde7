import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HitList } from '../../../src/memory/recall/candidate.ts';
import { fuse } from '../../../src/memory/recall/fuse.ts';

const list = (retriever: string, shares: Record<string, number>, weight = 1): HitList => ({
  retriever,
  weight,
  hits: Object.entries(shares).map(([id, share]) => ({ id, score: 10 * share, share })),
});

describe('fusion by score', () => {
  it('adds weight times share of each list, by hand', () => {
    const fused = fuse([list('words', { a: 0.5, b: 0.4 }), list('vectors', { b: 1, c: -0.5 }, 0.2)]);
    expect(fused.map(({ id, score }) => [id, Number(score.toFixed(6))])).toEqual([
      ['b', 0.6],
      ['a', 0.5],
      ['c', -0.1],
    ]);
  });

  it('does not let a weak list turn around what a strong one is sure of, however its ranks are', () => {
    const sure = list('words', { a: 0.9, b: 0.1 });
    expect(fuse([sure, list('vectors', { b: 1, a: -1 }, 0.2)]).map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('takes the score by the best one where a list gives no shares', () => {
    const hits = [
      { id: 'a', score: 4 },
      { id: 'b', score: 1 },
    ];
    const fused = fuse([{ retriever: 'graph', weight: 0.1, hits }]);
    expect(fused.map(({ id, score }) => [id, score])).toEqual([
      ['a', 0.1],
      ['b', 0.025],
    ]);
  });

  it('says where each list had a candidate, and what that was worth', () => {
    const [first] = fuse([list('words', { x: 0.3, a: 0.2 }), list('vectors', { a: 1 }, 0.5)]);
    expect(first?.id).toBe('a');
    expect([...(first?.found ?? [])]).toEqual([
      ['words', { rank: 2, score: 2, added: 0.2 }],
      ['vectors', { rank: 1, score: 10, added: 0.5 }],
    ]);
  });

  it('counts an id that a list has twice once, and lets equal scores share a rank', () => {
    const hits = ['a', 'b', 'a', 'c'].map((id) => ({ id, score: id === 'c' ? 1 : 2 }));
    const fused = fuse([{ retriever: 'words', weight: 1, hits }]);
    expect(fused.map(({ id, score, found }) => [id, score, found.get('words')?.rank])).toEqual([
      ['a', 1, 1],
      ['b', 1, 1],
      ['c', 0.5, 4],
    ]);
  });

  it('keeps everything, never twice, and lets through what nothing was given for', () => {
    fc.assert(
      fc.property(fc.array(fc.uniqueArray(fc.string({ maxLength: 3 })), { maxLength: 4 }), (lists) => {
        const fused = fuse(
          lists.map((ids, index) => ({
            retriever: `list ${index}`,
            weight: index,
            hits: ids.map((id) => ({ id, score: 0 })),
          })),
        ).map(({ id }) => id);
        expect(new Set(fused)).toEqual(new Set(lists.flat()));
        expect(new Set(fused).size).toBe(fused.length);
      }),
    );
  });
});
