import { describe, expect, it } from 'vitest';
import { backoffMs, settingsOf } from '../../../machines/supervisor/spec.ts';
import { worker } from './harness.ts';

const backoff = { minMs: 10, maxMs: 1_000, factor: 2, jitter: 0 };
const intensity = { restarts: 3, periodMs: 1_000 };

describe('supervisor settings', () => {
  it('have defaults for all but the children', () => {
    expect(settingsOf({ children: [] })).toEqual({
      strategy: 'one-for-one',
      intensity: { restarts: 5, periodMs: 60_000 },
      backoff: { minMs: 100, maxMs: 30_000, factor: 2, jitter: 0.2 },
      random: Math.random,
      now: Date.now,
    });
  });

  it.each([
    [{ intensity: { ...intensity, restarts: 1.5 } }, 'supervisor: intensity.restarts cannot be 1.5'],
    [{ intensity: { ...intensity, restarts: -1 } }, 'supervisor: intensity.restarts cannot be -1'],
    [
      { intensity: { ...intensity, periodMs: 2 ** 31 } },
      'supervisor: intensity.periodMs must be 0 to 2147483647 milliseconds, not 2147483648',
    ],
    [
      { backoff: { ...backoff, minMs: -1 } },
      'supervisor: backoff.minMs must be 0 to 2147483647 milliseconds, not -1',
    ],
    [
      { backoff: { ...backoff, maxMs: NaN } },
      'supervisor: backoff.maxMs must be 0 to 2147483647 milliseconds, not NaN',
    ],
    [{ backoff: { ...backoff, factor: 0.5 } }, 'supervisor: backoff.factor cannot be 0.5'],
    [{ backoff: { ...backoff, jitter: 1.1 } }, 'supervisor: backoff.jitter cannot be 1.1'],
    [{ children: [worker('')] }, 'supervisor: child "" cannot be used: its id is empty'],
    [
      { children: [worker('a', { readyMs: -5 })] },
      'supervisor: child "a" cannot be used: readyMs must be 0 to 2147483647 milliseconds, not -5',
    ],
  ])('refuse %j', (changes, message) => {
    expect(() => settingsOf({ children: [], ...changes })).toThrow(new RangeError(message));
  });
});

describe('backoff', () => {
  it('stays a number after any count of failures, from any start', () => {
    expect([0, 1, 6, 7, 10_000].map((failures) => backoffMs(failures, backoff, () => 0))).toEqual([
      10, 20, 640, 1_000, 1_000,
    ]);
    expect(backoffMs(10_000, { ...backoff, minMs: 0 }, () => 0)).toBe(0);
  });
});
