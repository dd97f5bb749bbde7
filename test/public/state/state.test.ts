import { describe, expect, it, vi } from 'vitest';
import { appended, withinAge } from '../../../public/js/state/bounded.js';
import { withPage, withRows } from '../../../public/js/state/rows.js';
import { createStore } from '../../../public/js/state/store.js';

describe('a store', () => {
  it('tells its listeners about changes and nothing else', () => {
    const store = createStore({ one: 1, two: 2 });
    const heard = vi.fn();
    const stop = store.subscribe(heard);
    store.set({ one: 1 });
    expect(heard).not.toHaveBeenCalled();
    store.set(({ one }) => ({ one: one + 1 }));
    expect(heard).toHaveBeenCalledTimes(1);
    expect(store.get()).toEqual({ one: 2, two: 2 });
    stop();
    store.set({ two: 3 });
    expect(heard).toHaveBeenCalledTimes(1);
  });
});

describe('bounded lists', () => {
  it('keep the newest', () => {
    expect(appended([1, 2, 3], [4, 5], 4)).toEqual([2, 3, 4, 5]);
    expect(appended([1], [2, 3, 4], 2)).toEqual([3, 4]);
    const same = [1];
    expect(appended(same, [], 2)).toBe(same);
  });

  it('drop what is too old', () => {
    expect(withinAge([{ at: 1 }, { at: 50 }, { at: 90 }], 100, 50)).toEqual([{ at: 50 }, { at: 90 }]);
    expect(withinAge([{ at: 1 }], 100, 50)).toEqual([]);
  });
});

describe('rows', () => {
  const even = (row: { n: number }) => row.n % 2 === 0;

  it('replace known ones, take in new ones by id, and take out those that do not fit any more', () => {
    const rows = [{ id: 9, n: 2 }, { id: 5, n: 4 }]; // prettier-ignore
    expect(
      withRows(
        rows,
        [
          { id: 7, n: 6 },
          { id: 9, n: 3 },
          { id: 8, n: 1 },
        ],
        even,
        10,
      ),
    ).toEqual([
      { id: 7, n: 6 },
      { id: 5, n: 4 },
    ]);
  });

  it('never grow past their limit', () => {
    const many = Array.from({ length: 50 }, (_, id) => ({ id, n: 0 }));
    expect(withRows([], many, even, 20).map(({ id }) => id)).toEqual(
      Array.from({ length: 20 }, (_, index) => 49 - index),
    );
  });

  it('are not doubled by an overlapping page', () => {
    expect(withPage([{ id: 3 }, { id: 2 }], [{ id: 2 }, { id: 1 }])).toEqual([
      { id: 3 },
      { id: 2 },
      { id: 1 },
    ]);
  });
});
