import { expect, it } from 'vitest';
import { createBatchSize } from '../../../src/memory/keep/batch-size.ts';

it('grows where batches are quick, shrinks where they are slow, and stays within its bounds', () => {
  const size = createBatchSize();
  const first = size.current();
  size.learn(first, 1);
  expect(size.current()).toBe(2 * first);
  for (let round = 0; round < 10; round += 1) size.learn(size.current(), 1);
  const most = size.current();
  expect(most).toBe(200);
  for (let round = 0; round < 10; round += 1) size.learn(size.current(), 10_000);
  expect(size.current()).toBe(16);
  // Half a millisecond an item.
  for (let round = 0; round < 10; round += 1) size.learn(size.current(), size.current() / 2);
  expect(size.current()).toBe(20);
});

it('learns nothing from a batch that was nearly empty, unless it was slow', () => {
  const size = createBatchSize();
  const first = size.current();
  size.learn(1, 2);
  expect(size.current()).toBe(first);
  size.learn(1, 1_000);
  expect(size.current()).toBe(first / 2);
});
