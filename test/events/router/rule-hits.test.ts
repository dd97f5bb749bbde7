import { expect, it } from 'vitest';
import { createRuleHits } from '../../../src/events/router/rule-hits.ts';

it('counts what each rule took, changed on its way, dropped, held and lowered', () => {
  const hits = createRuleHits();
  hits.count([
    { rule: 'a', receivedAt: 5 },
    { rule: 'a', receivedAt: 3, shaping: { met: ['shape'], heldBy: 'shape' } },
    { rule: 'b', receivedAt: 9, shaping: { throttledBy: 'b' } },
    { rule: 'b', receivedAt: 10, shaping: { loweredBy: 'b' } },
  ]);
  const counts = hits.take();
  expect(Object.fromEntries(counts)).toEqual({
    a: { taken: 2, throttled: 0, held: 0, lowered: 0, lastAt: 5 },
    shape: { taken: 1, throttled: 0, held: 1, lowered: 0, lastAt: 3 },
    b: { taken: 2, throttled: 1, held: 0, lowered: 1, lastAt: 10 },
  });
  expect(hits.waiting().size).toBe(0);
  hits.count([{ rule: 'a', receivedAt: 20 }]);
  hits.giveBack(counts);
  expect(hits.waiting().get('a')).toEqual({ taken: 3, throttled: 0, held: 0, lowered: 0, lastAt: 20 });
});
