import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createThrottles } from '../../../src/events/router/throttles.ts';

it('lets no stretch of its time see more than its count, and drops none that would fit', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 }),
      (count, windowMs, steps) => {
        const throttles = createThrottles();
        const passed: number[] = [];
        let at = 1_000;
        for (const step of steps) {
          at += step;
          const within = passed.filter((time) => time > at - windowMs).length;
          const passes = throttles.pass({ key: 'k', count, windowMs }, at);
          expect(passes).toBe(within < count);
          if (passes) passed.push(at);
        }
      },
    ),
  );
});

it('remembers a bounded number of sources, and forgets the one that was asked least lately', () => {
  const throttles = createThrottles();
  const pass = (key: string) => throttles.pass({ key, count: 1, windowMs: 1e9 }, 1);
  expect(pass('first')).toBe(true);
  for (let source = 0; source < 4_095; source += 1) pass(`s${source}`);
  expect(pass('first')).toBe(false);
  for (let source = 0; source < 4_095; source += 1) pass(`t${source}`);
  expect(pass('first')).toBe(false);
  for (let source = 0; source < 4_096; source += 1) pass(`u${source}`);
  expect(pass('first')).toBe(true);
});
