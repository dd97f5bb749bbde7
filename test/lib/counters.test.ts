import { expect, it } from 'vitest';
import { countTask, createCounters } from '../../src/lib/counters.ts';

it('counts an event whose task has ended by how that ended', () => {
  const counters = createCounters();
  for (const state of ['done', 'done', 'failed', 'cancelled', 'dead']) countTask(counters, state);
  expect(counters).toMatchObject({ done: 2, failed: 2, deadLettered: 1 });
});
