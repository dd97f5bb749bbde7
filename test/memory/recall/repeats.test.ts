import { describe, expect, it } from 'vitest';
import { jaccard, repeats } from '../../../src/memory/recall/repeats.ts';

const item = (id: string, text: string) => ({ id, words: new Set(text.split(' ')) });

describe('repeats', () => {
  it('names what says nothing new, and what it repeats', () => {
    const found = repeats([item('a', 'disk is full'), item('b', 'full is disk'), item('c', 'pump')]);
    expect([...found]).toEqual([['b', 'a']]);
  });

  it('leaves what is only alike', () => {
    expect(repeats([item('a', 'disk nas full'), item('b', 'disk nas low')]).size).toBe(0);
  });

  it('points to the best one, not to another repetition', () => {
    const found = repeats([item('a', 'x y'), item('b', 'y x'), item('c', 'x y')]);
    expect([...found.values()]).toEqual(['a', 'a']);
  });

  it('has nothing to say to nothing', () => {
    expect(repeats([]).size).toBe(0);
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
