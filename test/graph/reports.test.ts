import { describe, expect, it } from 'vitest';
import { createReportReader, type ReportLimits } from '../../src/graph/reports.ts';

function reader(limits: Partial<ReportLimits> = {}) {
  let at = 1_000;
  const reports = createReportReader(limits, () => at);
  return {
    later: (ms: number) => void (at += ms),
    wants: (text: string, source = 'cron:disk', category = 'metric') =>
      reports.wants({ text, source, category }),
  };
}

describe('which reports are read into the graph', () => {
  it('are one of each shape, whatever its numbers', () => {
    const { wants } = reader();
    expect(wants('disk on nas at 91%')).toBe(true);
    expect(wants('disk on nas at 92%')).toBe(false);
    expect(wants('disk on nas at 92%', 'cron:other')).toBe(true);
    expect(wants('disk on web-01 at 91%')).toBe(true);
  });

  it('are none that name nobody, and no heartbeats', () => {
    const { wants } = reader();
    expect(wants('91%')).toBe(false);
    expect(wants('alive and well', 'fleet:nas', 'heartbeat')).toBe(false);
  });

  it('are so many in a minute, and so many are looked at in a second', () => {
    const few = reader({ readsPerMinute: 2 });
    const words = ['one', 'two', 'three'];
    expect(words.map((word) => few.wants(word))).toEqual([true, true, false]);
    few.later(60_000);
    expect(few.wants('four')).toBe(true);

    const busy = reader({ looksPerSecond: 2 });
    expect(words.map((word) => busy.wants(word))).toEqual([true, true, false]);
    busy.later(1_000);
    expect(busy.wants('three')).toBe(true);
  });

  it('are read again once so many other shapes have come', () => {
    const { wants } = reader({ shapes: 2 });
    expect(['one', 'two', 'one', 'three', 'two'].map((word) => wants(word))).toEqual([
      true,
      true,
      false,
      true,
      true,
    ]);
  });
});
