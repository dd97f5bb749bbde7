import { describe, expect, it } from 'vitest';
import { diversify, jaccard } from '../../../src/memory/recall/mmr.ts';

const item = (id: string, relevance: number, text: string) => ({
  id,
  relevance,
  words: new Set(text.split(' ')),
});

describe('maximal marginal relevance', () => {
  it('keeps the order of relevance where nothing is alike', () => {
    const chosen = diversify([item('b', 0.5, 'x y'), item('a', 0.9, 'u v'), item('c', 0.1, 'p q')]);
    expect(chosen.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(chosen.map(({ penalty }) => penalty)).toEqual([0, 0, 0]);
  });

  it('puts something new before something alike that is a little more relevant, by hand', () => {
    const chosen = diversify(
      [item('a', 0.9, 'disk nas full'), item('b', 0.8, 'disk nas low'), item('c', 0.75, 'garden pump')],
      { lambda: 0.7 },
    );
    // b shares 2 of 4 words with a: 0.7 · 0.8 − 0.3 · 0.5 = 0.41, c: 0.7 · 0.75 = 0.525.
    expect(chosen.map(({ id }) => id)).toEqual(['a', 'c', 'b']);
    expect(chosen[2]?.score).toBeCloseTo(0.41, 9);
    expect(chosen[2]?.penalty).toBeCloseTo(0.15, 9);
  });

  it('marks what says nothing new, and puts it last', () => {
    const chosen = diversify([
      item('a', 0.9, 'disk is full'),
      item('b', 0.8, 'full is disk'),
      item('c', 0.1, 'pump'),
    ]);
    expect(chosen.map(({ id, duplicateOf }) => [id, duplicateOf])).toEqual([
      ['a', undefined],
      ['c', undefined],
      ['b', 'a'],
    ]);
  });

  it('has nothing to say to nothing', () => {
    expect(diversify([])).toEqual([]);
  });
});

describe('jaccard', () => {
  it.each([
    [['a', 'b'], ['b', 'c'], 1 / 3],
    [['a'], ['a'], 1],
    [['a'], ['b'], 0],
    [[], [], 1],
    [['a'], [], 0],
  ])('of %j and %j is %d', (a, b, expected) => {
    expect(jaccard(new Set<string>(a), new Set<string>(b))).toBeCloseTo(expected, 12);
  });
});
