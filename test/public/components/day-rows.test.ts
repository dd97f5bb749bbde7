import { describe, expect, it } from 'vitest';
import { dayRows } from '../../../public/js/components/day-rows.js';
import { dayOf } from '../../../public/js/format/day.js';

const now = new Date(2026, 10, 29, 15, 0).getTime();
const at = (day: number, hour: number) => new Date(2026, 10, day, hour).toISOString();

describe('days', () => {
  it('are named by how far away they are', () => {
    expect(dayOf(at(29, 0), now)).toBe('Today');
    expect(dayOf(at(28, 23), now)).toBe('Yesterday');
    expect(dayOf(at(20, 9), now)).toBe('Friday 20 November');
    expect(dayOf(new Date(2025, 0, 2).toISOString(), now)).toBe('2 January 2025');
  });

  it('stand over the first row of each, and repeats of a day are folded', () => {
    const items = [
      { id: 5, at: at(29, 14), text: 'a' },
      { id: 4, at: at(29, 13), text: 'a' },
      { id: 3, at: at(29, 12), text: 'b' },
      { id: 2, at: at(28, 12), text: 'b' },
    ];
    const rows = dayRows(items, {
      at: (item) => item.at,
      keyOf: (item) => item.id,
      same: (one, other) => one.text === other.text,
      now,
    });
    expect(rows.map(({ day, item, times }) => (item === undefined ? day : [item.id, times]))).toEqual([
      'Today',
      [5, 2],
      [3, 1],
      'Yesterday',
      [2, 1],
    ]);
  });
});
