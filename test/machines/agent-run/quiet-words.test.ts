import { expect, it } from 'vitest';
import { noRun, quietWords, type RunContext } from '../../../machines/agent-run/context.ts';
import { defaultTaskLimits } from '../../../src/tasks/run/limits.ts';

const at = (time: string) => new Date(`2026-11-28T${time}`).getTime();
const words = (startedAt: string, now: string, more: Partial<RunContext> = {}) =>
  quietWords(
    { ...noRun, limits: defaultTaskLimits, allowanceMs: 0, startedAt: at(startedAt), ...more } as RunContext,
    at(now),
  );

it('says how long no word came, and when the silence is ended', () => {
  expect(words('14:17:00', '14:20:00')).toBe('no word from the model for 3 minutes; it is tried until 14:22');
});

it('says the time limit where that comes first', () => {
  expect(words('14:10:00', '14:20:00')).toBe('no word from the model for 3 minutes; it is tried until 14:21');
});

it('counts the limit of a tool at work in', () => {
  const limits = { ...defaultTaskLimits, quietMs: 60_000, runMs: 3_600_000 };
  expect(words('14:00:00', '14:03:00', { limits, allowanceMs: 120_000 })).toBe(
    'no word from the model for 3 minutes; it is tried until 14:07',
  );
  expect(words('14:00:00', '14:01:00', { limits })).toMatch(/for 1 minute;/);
});
