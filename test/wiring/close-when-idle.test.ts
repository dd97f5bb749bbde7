import { expect, it } from 'vitest';
import { closeWhenIdle } from '../../src/wiring/close-when-idle.ts';

it('closes a thread once when twelve passes in a row have done nothing', async () => {
  let closed = 0;
  const afterPass = closeWhenIdle({ close: () => Promise.resolve(void (closed += 1)) });
  const passes = async (count: number, done: number): Promise<void> => {
    for (let pass = 0; pass < count; pass += 1) await afterPass(done);
  };

  await passes(11, 0);
  await passes(1, 5);
  await passes(11, 0);
  expect(closed).toBe(0);

  await passes(10, 0);
  expect(closed).toBe(1);

  await passes(1, 5);
  await passes(12, 0);
  expect(closed).toBe(2);
});
