import { describe, expect, it } from 'vitest';
import { difference } from '../../bench/recall/bootstrap.ts';
import { tune, type TuningQuery } from '../../bench/recall/tune.ts';

/** A query whose answer words put second, and vectors first or last. */
const query = (share: number): TuningQuery => ({
  judgements: new Map([['answer', 1]]),
  candidates: [
    { id: 'other', rest: 0.5, share: 0 },
    { id: 'answer', rest: 0.4, share },
  ],
  unrelated: [0.1, 0.2, 0.3],
});

describe('tune', () => {
  it('takes the smallest weight that is best, and judges each query with one that did not see it', () => {
    const { weight, ofFolds, sets, unrelatedBelow } = tune([
      { name: 'helped', queries: Array.from({ length: 10 }, () => query(1)) },
    ]);
    expect(weight).toBe(0.15);
    expect(ofFolds).toEqual([0.15, 0.15, 0.15, 0.15, 0.15]);
    expect(sets[0]?.heldOut).toBe(1);
    expect(sets[0]?.gain.low).toBeCloseTo(1 - 1 / Math.log2(3), 9);
    expect(unrelatedBelow).toBe(0.3);
  });

  it('gives no weight to vectors that only mislead', () => {
    const queries = Array.from({ length: 10 }, (_, index) => ({
      ...query(-1),
      judgements: new Map([[index < 9 ? 'other' : 'answer', 1]]),
    }));
    expect(tune([{ name: 'misled', queries }]).weight).toBe(0);
  });
});

describe('the bootstrap interval', () => {
  it('holds the mean difference, and is narrow where all differ alike', () => {
    const { mean, low, high } = difference([0.5, 0.6, 0.7, 0.2], [0.4, 0.5, 0.6, 0.1]);
    expect([mean, low, high].map((figure) => Number(figure.toFixed(9)))).toEqual([0.1, 0.1, 0.1]);
  });

  it('reaches over zero where some queries gain what others lose', () => {
    const gains = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 0.3 : -0.29));
    const { mean, low, high } = difference(
      gains,
      gains.map(() => 0),
    );
    expect(mean).toBeCloseTo(0.005, 9);
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
  });
});
