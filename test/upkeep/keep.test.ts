import { expect, it } from 'vitest';
import { outlived } from '../../src/upkeep/keep.ts';

const DAY = 24 * 3_600_000;
const from = Date.UTC(2026, 0, 1, 2, 40);
const days = (count: number) =>
  Array.from({ length: count }, (_, day) => ({ at: new Date(from + day * DAY) }));
const datesOf = (backups: { at: Date }[]) => backups.map(({ at }) => at.toISOString().slice(0, 10));

it('keeps 7 days, 4 weeks and 12 months of a year of daily backups', () => {
  const all = days(365);
  const gone = new Set(outlived(all, { daily: 7, weekly: 4, monthly: 12 }));
  const kept = datesOf(all.filter((backup) => !gone.has(backup)));
  expect(kept.slice(-7)).toEqual([25, 26, 27, 28, 29, 30, 31].map((day) => `2026-12-${day}`));
  expect(kept).toEqual(expect.arrayContaining(['2026-12-20', '2026-12-13', '2026-11-30', '2026-01-31']));
  expect(kept.length).toBeLessThanOrEqual(7 + 4 + 12);
});

it('stays bounded when each day prunes, and never removes the newest', () => {
  let kept: { at: Date }[] = [];
  for (const backup of days(800)) {
    kept.push(backup);
    const gone = new Set(outlived(kept, { daily: 7, weekly: 4, monthly: 12 }));
    kept = kept.filter((one) => !gone.has(one));
    expect(kept.at(-1)).toBe(backup);
    expect(kept.length).toBeLessThanOrEqual(23);
  }
  const months = new Set(kept.map(({ at }) => at.toISOString().slice(0, 7)));
  expect(months.size).toBeGreaterThanOrEqual(12);
});

it('keeps the only one whatever the counts', () => {
  const [only] = days(1);
  expect(outlived([only as { at: Date }], { daily: 1, weekly: 0, monthly: 0 })).toEqual([]);
});
