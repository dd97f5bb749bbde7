import { expect, it } from 'vitest';
import { createLeaseWatch } from '../../src/tasks/lease-watch.ts';

it('takes a lease for run out that was not renewed for its whole length, whatever it says itself', () => {
  let now = 0;
  const watch = createLeaseWatch(60_000, () => now);
  const until = (ms: number) => new Date(Date.parse('2026-11-28T12:00:00Z') + ms);
  const seen = (at: number, leases: readonly [number, number][]) => {
    now = at;
    return watch(leases.map(([id, ms]) => ({ id, leaseUntil: until(ms) })));
  };

  expect(seen(0, [[1, 0], [2, 0]])).toEqual([]); // prettier-ignore
  // The second one is renewed by a worker that lives, whose clock is ahead.
  expect(seen(30_000, [[1, 0], [2, 30_000]])).toEqual([]); // prettier-ignore
  expect(seen(60_001, [[1, 0], [2, 60_000]])).toEqual([1]); // prettier-ignore
  expect(seen(90_001, [[2, 90_000]])).toEqual([]);
  expect(seen(200_000, [[1, 0]])).toEqual([]);
});
