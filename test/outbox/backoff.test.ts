import { expect, it } from 'vitest';
import { backoffMs } from '../../src/outbox/backoff.ts';

it('waits longer after each failure, up to five minutes, a fifth more or less', () => {
  const waits = (random: number) =>
    [1, 2, 3, 9, 10, 1_000].map((failures) => backoffMs(failures, undefined, () => random));
  expect(waits(0.5)).toEqual([1_000, 2_000, 4_000, 256_000, 300_000, 300_000]);
  expect(waits(0)).toEqual([800, 1_600, 3_200, 204_800, 240_000, 240_000]);
});
