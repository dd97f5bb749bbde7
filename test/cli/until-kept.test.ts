import { expect, it } from 'vitest';
import { untilKept } from '../../src/cli/until-kept.ts';

const answering = (counts: number[]) => {
  const asked: string[] = [];
  const ask = (name: string) => {
    asked.push(name);
    const waiting = counts.length > 1 ? counts.shift() : counts[0];
    return Promise.resolve({ waiting: waiting ?? 0 });
  };
  return { ask: ask as Parameters<typeof untilKept>[0], asked };
};

it('waits until nothing waits, and says how many do', async () => {
  const { ask, asked } = answering([7, 3, 0]);
  const shown: number[] = [];
  expect(await untilKept(ask, { show: (_, count) => shown.push(count) })).toBe(0);
  expect(shown).toEqual([7, 3]);
  expect(asked).toEqual(Array(3).fill('memories.waiting'));
});

it('goes on while there are fewer each time, and leaves what stays', async () => {
  const { ask, asked } = answering([9, 5, 5]);
  expect(await untilKept(ask, { show: () => undefined }, { stuckAfterMs: 0 })).toBe(9);
  expect(asked).toHaveLength(1);
  const later = answering([9, 5]);
  expect(await untilKept(later.ask, { show: () => undefined }, { stuckAfterMs: 300 })).toBe(5);
});
