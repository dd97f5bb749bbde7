import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createFlood } from '../../src/lib/flood.ts';
import { MINUTE } from '../../src/lib/time.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function flood(options: { few?: number; maxKeys?: number } = {}) {
  const more: [string | undefined, number][] = [];
  const made = createFlood<string>({ ...options, onMore: (told, count) => more.push([told, count]) });
  const passed = (key: string, times: number): number =>
    Array.from({ length: times }, () => made.passes(key, `told ${key}`)).filter(Boolean).length;
  return { passed, more };
}

it('lets the first few of each key pass, and tells the number of the others when the minute is over', () => {
  const { passed, more } = flood();
  expect([passed('a', 12_350), passed('b', 3)]).toEqual([5, 3]);
  vi.advanceTimersByTime(MINUTE - 1);
  expect(more).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(more).toEqual([['told a', 12_345]]);
});

it('begins anew with the next minute', () => {
  const { passed, more } = flood({ few: 2 });
  expect(passed('a', 3)).toBe(2);
  vi.advanceTimersByTime(MINUTE);
  expect(passed('a', 3)).toBe(2);
  vi.advanceTimersByTime(MINUTE);
  expect(more).toEqual([
    ['told a', 1],
    ['told a', 1],
  ]);
});

it('counts keys without end under one, so that inventing them neither fills the log nor the memory', () => {
  const { passed, more } = flood({ maxKeys: 10 });
  let all = 0;
  for (let key = 0; key < 10_000; key += 1) all += passed(`key ${key}`, 1);
  expect(all).toBe(15);
  vi.advanceTimersByTime(MINUTE);
  expect(more).toEqual([[undefined, 9_985]]);
});

it('keeps no timer where all passed', () => {
  const { passed } = flood();
  passed('a', 5);
  expect(vi.getTimerCount()).toBe(0);
});
