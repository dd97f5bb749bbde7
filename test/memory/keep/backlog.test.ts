import { expect, it } from 'vitest';
import { createBacklog } from '../../../src/memory/keep/backlog.ts';

it('is in the way while anybody has something left, and for no longer than it may', () => {
  let now = 0;
  const backlog = createBacklog({ maxMs: 100, now: () => now });
  expect(backlog.isInTheWay()).toBe(false);
  backlog.note('memories', true);
  backlog.note('vectors', true);
  backlog.note('memories', false);
  expect(backlog.isInTheWay()).toBe(true);
  now = 99;
  backlog.note('memories', true);
  expect(backlog.isInTheWay()).toBe(true);
  now = 100;
  expect(backlog.isInTheWay()).toBe(false);
  backlog.note('vectors', false);
  backlog.note('memories', false);
  backlog.note('vectors', true);
  expect(backlog.isInTheWay()).toBe(true);
});
