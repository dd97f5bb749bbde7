import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levels } from '../../src/sensors/look.ts';
import { judgeHigh, judgeLow } from '../../src/sensors/thresholds.ts';

const limits = { warning: 80, critical: 95, slack: 5 };

describe('a level', () => {
  it('is entered at its threshold and left below it by the slack', () => {
    const walk = [79, 80, 76, 75, 95, 91, 90, 76, 75].reduce<string[]>(
      (seen, value) => [...seen, judgeHigh(value, limits, (seen.at(-1) ?? 'ok') as 'ok')],
      [],
    );
    expect(walk).toEqual([
      'ok',
      'warning',
      'warning',
      'ok',
      'critical',
      'critical',
      'warning',
      'warning',
      'ok',
    ]);
  });

  it('of what is bad when low is the same upside down', () => {
    const low = { warning: 20, critical: 5, slack: 5 };
    expect(judgeLow(21, low, 'ok')).toBe('ok');
    expect(judgeLow(20, low, 'ok')).toBe('warning');
    expect(judgeLow(24, low, 'warning')).toBe('warning');
    expect(judgeLow(25, low, 'warning')).toBe('ok');
    expect(judgeLow(4, low, 'ok')).toBe('critical');
  });

  it('does not flutter: a value that moves by less than the slack changes it once at most', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.array(fc.double({ min: 0, max: 4.9, noNaN: true }), { maxLength: 30 }),
        fc.constantFrom(...levels),
        (base, steps, before) => {
          let level = judgeHigh(base, limits, before);
          let changes = 0;
          for (const step of steps) {
            const next = judgeHigh(base + step, limits, level);
            if (next !== level) changes += 1;
            level = next;
          }
          expect(changes).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});
