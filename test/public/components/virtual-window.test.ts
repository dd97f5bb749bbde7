import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scrollTopFor, windowOf } from '../../../public/js/components/virtual-window.js';
import { sparkPath } from '../../../public/js/components/spark-path.js';

describe('windowOf', () => {
  it('renders what is in sight and some more', () => {
    expect(windowOf({ scrollTop: 400, viewport: 200, rowHeight: 20, rows: 1_000, overscan: 2 })).toEqual({
      first: 18,
      last: 32,
      above: 360,
      below: 968 * 20,
    });
  });

  it('keeps the height of the whole list and every row in sight, wherever it is scrolled', () => {
    fc.assert(
      fc.property(
        fc.nat(100_000),
        fc.integer({ min: 1, max: 2_000 }),
        fc.integer({ min: 8, max: 80 }),
        fc.nat(5_000),
        (scrollTop, viewport, rowHeight, rows) => {
          const { first, last, above, below } = windowOf({ scrollTop, viewport, rowHeight, rows });
          expect(above + (last - first) * rowHeight + below).toBe(rows * rowHeight);
          expect(last - first).toBeLessThanOrEqual(Math.ceil(viewport / rowHeight) + 14);
          const top = Math.min(scrollTop, Math.max(0, rows * rowHeight - viewport));
          expect(first * rowHeight).toBeLessThanOrEqual(top);
          expect(last === rows || last * rowHeight >= top + viewport).toBe(true);
        },
      ),
    );
  });
});

describe('scrollTopFor', () => {
  it('moves no further than it has to', () => {
    const seen = { scrollTop: 100, viewport: 100, rowHeight: 20 };
    expect(scrollTopFor({ ...seen, index: 6 })).toBe(100);
    expect(scrollTopFor({ ...seen, index: 2 })).toBe(40);
    expect(scrollTopFor({ ...seen, index: 12 })).toBe(160);
  });
});

describe('sparkPath', () => {
  it('is zero-based and shows gaps as gaps', () => {
    expect(sparkPath([0, 5, null, 10], { width: 30, height: 10 })).toEqual({
      line: 'M0 10L10 5M30 0',
      area: 'M0 10L10 5L10 10L0 10ZM30 0L30 10L30 10Z',
      end: { x: 30, y: 0 },
      limitY: null,
    });
  });

  it('leaves room for a limit above the values, and has no end where the last value is missing', () => {
    expect(sparkPath([1, null], { width: 10, height: 10, limit: 2 })).toMatchObject({
      line: 'M0 5',
      end: null,
      limitY: 0,
    });
  });
});
