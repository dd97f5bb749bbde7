import { describe, expect, it } from 'vitest';
import { nextInstants } from '../../src/schedule/instants.ts';
import { parseSpan, spanText } from '../../src/lib/duration-text.ts';
import { period } from '../../src/sensors/period.ts';
import { jobSchedule, readHeader } from '../../src/sensors/schedule.ts';

describe('a span', () => {
  it('is a number with its unit', () => {
    expect(['90s', '5m', '12h', '1d', '250ms', ' 3 h '].map(parseSpan)).toEqual([
      90_000, 300_000, 43_200_000, 86_400_000, 250, 10_800_000,
    ]);
    expect(['', '5', 'm', '-5m', '1.5h', '5 weeks', '5m5s', '9999999999s'].map(parseSpan)).toEqual(
      Array.from({ length: 8 }, () => undefined),
    );
    expect([60_000, 90_000, 43_200_000, 250].map(spanText)).toEqual(['1m', '90s', '12h', '250ms']);
  });

  it('is a period only from a second to a year', () => {
    expect(period.safeParse('1s').data).toBe(1000);
    for (const bad of ['0s', '500ms', '400d', 'soon']) expect(period.safeParse(bad).success).toBe(false);
  });
});

describe('the header of a program', () => {
  const everyMinute = { schedule: { everyMs: 60_000, cron: null, zone: null }, quiet: false };

  it.each([
    '# ninjad: every 1m',
    '// ninjad: every 1m',
    '-- ninjad:every 1m',
    '/* ninjad: every 1 m */',
    '#ninjad: every 1m\r',
  ])('is %j', (line) => expect(readHeader(`#!/bin/sh\n\n${line}\nexit 0\n`)).toEqual(everyMinute));

  it('says more: that silence is meant, a time limit, a cron expression with its zone', () => {
    expect(readHeader('# ninjad: every 5m quiet timeout 10s')).toEqual({
      schedule: { everyMs: 300_000, cron: null, zone: null },
      quiet: true,
      timeoutMs: 10_000,
    });
    expect(readHeader('# ninjad: cron 0 9 * * MON-FRI Europe/Berlin quiet')).toEqual({
      schedule: { everyMs: null, cron: '0 9 * * MON-FRI', zone: 'Europe/Berlin' },
      quiet: true,
    });
    expect(readHeader('# ninjad: cron */30 * * * * * UTC')).toMatchObject({
      schedule: { cron: '*/30 * * * * *', zone: 'UTC' },
    });
  });

  it('has to stand within the first ten lines', () => {
    const after = (lines: number) => readHeader(`${'\n'.repeat(lines)}# ninjad: every 1m`);
    expect(after(9)).toEqual(everyMinute);
    expect(after(10)).toBeUndefined();
  });

  it.each([
    '# ninjad: hourly',
    '# ninjad: every',
    '# ninjad: every soon',
    '# ninjad: every 0s',
    '# ninjad: quiet',
  ])('%j is refused in words', (line) =>
    expect(readHeader(line)).toMatchObject({ problem: expect.stringMatching(/expected|period/) as string }),
  );
});

it('sensors of one period are spread over it, and each keeps its place', () => {
  const after = new Date('2026-11-28T12:00:00Z');
  const next = (name: string): number =>
    nextInstants(jobSchedule(name, { everyMs: 3_600_000, cron: null, zone: null }), after, 1)[0]?.getTime() ??
    0;
  const names = ['disk', 'memory', 'load', 'tls:a', 'tls:b'];
  expect(new Set(names.map(next)).size).toBe(names.length);
  expect(names.map(next)).toEqual(names.map(next));
});
