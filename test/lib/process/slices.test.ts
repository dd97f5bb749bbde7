import { describe, expect, it } from 'vitest';
import { inSlices } from '../../../src/lib/process/slices.ts';

function burn(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('work in slices', () => {
  it('does every item once, in order, and lets the event loop turn every 3 ms', async () => {
    let turns = 0;
    const count = () => {
      turns++;
      immediate = setImmediate(count);
    };
    let immediate = setImmediate(count);
    const done: number[] = [];
    await inSlices([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], (item) => {
      burn(2);
      done.push(item);
    });
    clearImmediate(immediate);
    expect(done).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(turns).toBeGreaterThanOrEqual(5);
  });

  it('fails as its work fails, and does no more', async () => {
    const done: number[] = [];
    const failing = inSlices([1, 2, 3], (item) => {
      if (item === 2) throw new Error('no 2');
      done.push(item);
    });
    await expect(failing).rejects.toThrow('no 2');
    expect(done).toEqual([1]);
  });
});
