import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/lib/time.ts';
import { checkSchedule, instantsOf, nextInstants } from '../../src/schedule/instants.ts';
import type { Schedule } from '../../src/schedule/job.ts';

const cron = (pattern: string, zone = 'UTC'): Schedule => ({ kind: 'cron', cron: pattern, zone });
const now = new Date('2026-06-01T00:00:00Z');

const next = (schedule: Schedule, after: string, count: number) =>
  nextInstants(schedule, new Date(after), count).map((instant) => instant.toISOString().slice(0, 16));

describe('a fixed time where the clocks change', () => {
  it.each([
    // North, forward: 02:30 does not exist on the 29th, and is due right after the gap.
    ['Europe/Berlin', '2026-03-28T00:00:00Z', ['2026-03-28T01:30', '2026-03-29T01:00', '2026-03-30T00:30']],
    // North, back: 02:30 is twice on the 25th, and is due the first time.
    ['Europe/Berlin', '2026-10-24T00:00:00Z', ['2026-10-24T00:30', '2026-10-25T00:30', '2026-10-26T01:30']],
    [
      'America/New_York',
      '2026-03-07T00:00:00Z',
      ['2026-03-07T07:30', '2026-03-08T07:00', '2026-03-09T06:30'],
    ],
    [
      'America/New_York',
      '2026-10-31T00:00:00Z',
      ['2026-10-31T06:30', '2026-11-01T07:30', '2026-11-02T07:30'],
    ],
  ])('in %s from %s on is due once a day', (zone, after, expected) => {
    expect(next(cron('30 2 * * *', zone), after, 3)).toEqual(expected);
    const days = next(cron('30 2 * * *', zone), after, 5).map((instant) =>
      new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short' }).format(
        new Date(`${instant}:00Z`),
      ),
    );
    expect(new Set(days).size).toBe(5);
  });

  it('in Sydney follows both changes', () => {
    // 4 October 2026, 02:00 becomes 03:00; 5 April 2026, 03:00 becomes 02:00.
    expect(next(cron('30 2 * * *', 'Australia/Sydney'), '2026-10-02T17:00:00Z', 3)).toEqual([
      '2026-10-03T16:00',
      '2026-10-04T15:30',
      '2026-10-05T15:30',
    ]);
    expect(next(cron('30 2 * * *', 'Australia/Sydney'), '2026-04-03T16:00:00Z', 3)).toEqual([
      '2026-04-04T15:30',
      '2026-04-05T16:30',
      '2026-04-06T16:30',
    ]);
  });

  it('on Lord Howe, where they change by half an hour, is due once a day', () => {
    expect(next(cron('15 2 * * *', 'Australia/Lord_Howe'), '2026-10-02T20:00:00Z', 2)).toEqual([
      '2026-10-03T15:30',
      '2026-10-04T15:15',
    ]);
  });

  it('counts also where several times a day are listed', () => {
    expect(next(cron('30 2,14 * * *', 'Europe/Berlin'), '2026-03-28T12:00:00Z', 3)).toEqual([
      '2026-03-28T13:30',
      '2026-03-29T01:00',
      '2026-03-29T12:30',
    ]);
  });
});

describe('a time with a wildcard', () => {
  it('goes on through an hour that comes twice, and through one that does not come', () => {
    expect(next(cron('*/30 * * * *', 'Europe/Berlin'), '2026-10-24T23:59:00Z', 6)).toEqual([
      '2026-10-25T00:00',
      '2026-10-25T00:30',
      '2026-10-25T01:00',
      '2026-10-25T01:30',
      '2026-10-25T02:00',
      '2026-10-25T02:30',
    ]);
    expect(next(cron('0 * * * *', 'America/Santiago'), '2026-09-06T02:30:00Z', 3)).toEqual([
      '2026-09-06T03:00',
      '2026-09-06T04:00',
      '2026-09-06T05:00',
    ]);
  });
});

describe('every so often', () => {
  const every = (everyMs: number, anchor: string): Schedule => ({
    kind: 'every',
    everyMs,
    anchor: new Date(anchor),
  });

  it('counts from its anchor, whatever the clocks on the wall do', () => {
    expect(next(every(90 * MINUTE, '2026-03-29T00:00:00Z'), '2026-03-29T00:00:00Z', 3)).toEqual([
      '2026-03-29T01:30',
      '2026-03-29T03:00',
      '2026-03-29T04:30',
    ]);
  });

  it('begins with its anchor where that is still to come', () => {
    expect(next(every(HOUR, '2026-06-02T00:00:00Z'), '2026-06-01T00:00:00Z', 2)).toEqual([
      '2026-06-02T00:00',
      '2026-06-02T01:00',
    ]);
  });
});

describe('checking a schedule', () => {
  it.each([
    [cron('61 * * * *'), 'cron "61 * * * *" cannot be read: Invalid value for minute: 61'],
    [cron('* * * *'), 'cron "* * * *" has 4 fields: expected five'],
    [cron('* * * * * * *'), 'has 7 fields'],
    [cron(''), 'has 0 fields'],
    [cron('2026-06-02T00:00:00'), 'has 1 fields'],
    [cron('every day'), 'has 2 fields'],
    [cron('0 0 30 2 *'), '"0 0 30 2 * UTC" is never due'],
    [cron('0 0 31 4,6,9,11 *'), 'is never due'],
    [cron('* * * * *', 'Europe/Berln'), 'there is no time zone "Europe/Berln": did you mean Europe/Berlin?'],
    [cron('* * * * *', 'berlin'), 'did you mean Europe/Berlin?'],
    [cron('* * * * *', '+02:00'), 'there is no time zone "+02:00"'],
    [cron('* * * * *', ''), 'there is no time zone ""'],
    [{ kind: 'every', everyMs: 0, anchor: now }, 'has to be 1 second to 366 days'],
    [{ kind: 'every', everyMs: NaN, anchor: now }, 'has to be 1 second to 366 days'],
    [{ kind: 'every', everyMs: HOUR, anchor: new Date(NaN) }, 'no valid date'],
    [{ kind: 'at', at: new Date(now.getTime() - 1) }, '2026-05-31T23:59:59.999Z has passed'],
    [{ kind: 'at', at: new Date(NaN) }, 'no valid date'],
  ] satisfies [Schedule, string][])('refuses %j', (schedule, words) => {
    expect(() => checkSchedule(schedule, now)).toThrow(words);
  });

  it.each([
    cron('0 9 * * 1-5', 'Europe/Berlin'),
    cron('*/10 * * * * *'),
    cron('0 0 29 2 *'),
    cron('@daily'),
    cron('0 12 L * *'),
    { kind: 'at', at: new Date(now.getTime() + SECOND) },
  ] satisfies Schedule[])('takes %j', (schedule) => expect(() => checkSchedule(schedule, now)).not.toThrow());
});

it('finds backwards what it finds forwards', () => {
  const patterns = [
    '30 2 * * *',
    '30 2,14 * * *',
    '*/20 1-3 * * *',
    '0 9 1,15 * *',
    '15 */6 * * 1-5',
    '0 0 29 2 *',
  ];
  const zones = [
    'UTC',
    'Europe/Berlin',
    'Australia/Sydney',
    'America/Santiago',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
  ];
  const begin = Date.parse('2026-01-01T00:00:00Z');
  fc.assert(
    fc.property(
      fc.constantFrom(...patterns),
      fc.constantFrom(...zones),
      fc.integer({ min: 0, max: 365 }),
      fc.integer({ min: 0, max: DAY - 1 }),
      (pattern, zone, day, ms) => {
        const instants = instantsOf(cron(pattern, zone));
        const after = new Date(begin + day * DAY + ms);
        const until = new Date(after.getTime() + 4 * DAY);
        const forwards: Date[] = [];
        for (
          let found = instants.next(after);
          found !== undefined && found <= until;
          found = instants.next(found)
        )
          forwards.push(found);
        expect(instants.latest(1_000, after, until)).toEqual(forwards);
        expect(instants.latest(3, after, until)).toEqual(forwards.slice(-3));
      },
    ),
    { numRuns: 150, seed: 12 },
  );
});
