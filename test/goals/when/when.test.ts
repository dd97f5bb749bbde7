import { describe, expect, it } from 'vitest';
import { nextThree, readWhen } from '../../../src/goals/when/when.ts';

const zone = 'Europe/Berlin';
const now = new Date('2026-11-28T18:00:00Z');
const read = (text: string, place = zone, at = now) => readWhen(text, { zone: place, now: at });
const next = (text: string, place = zone, at = now) =>
  nextThree(read(text, place, at).schedule, at).map((instant) => instant.toISOString());

describe('a schedule as somebody writes it', () => {
  it('takes cron of five and of six fields, and its nicknames', () => {
    expect(read('0  9 * * 1-5').schedule).toEqual({ kind: 'cron', cron: '0 9 * * 1-5', zone });
    expect(next('*/20 0 9 * * *')).toEqual([
      '2026-11-29T08:00:00.000Z',
      '2026-11-29T08:00:20.000Z',
      '2026-11-29T08:00:40.000Z',
    ]);
    expect(read('@daily').schedule).toMatchObject({ cron: '0 0 * * *' });
  });

  it('takes an instant, with an offset or by the clocks of the zone', () => {
    const at = (text: string) => read(text).schedule;
    expect(at('2026-12-24T18:00')).toEqual({ kind: 'at', at: new Date('2026-12-24T17:00:00Z') });
    expect(at('2026-12-24T18:00:30+05:30')).toEqual({ kind: 'at', at: new Date('2026-12-24T12:30:30Z') });
    expect(at('2026-12-24 18:00Z')).toEqual({ kind: 'at', at: new Date('2026-12-24T18:00:00Z') });
  });

  it.each([
    ['tomorrow at 8', '2026-11-29T07:00:00.000Z'],
    ['in 20 minutes', '2026-11-28T18:20:00.000Z'],
    ['in half an hour', '2026-11-28T18:30:00.000Z'],
    ['in 3 days', '2026-12-01T18:00:00.000Z'],
    ['next friday at 17:00', '2026-12-04T16:00:00.000Z'],
    ['monday at 9', '2026-11-30T08:00:00.000Z'],
    ['on 24 december at 18:00', '2026-12-24T17:00:00.000Z'],
    ['the day after tomorrow at noon', '2026-11-30T11:00:00.000Z'],
    ['at 8', '2026-11-29T07:00:00.000Z'],
    ['4 july at noon', '2027-07-04T10:00:00.000Z'],
  ])('reads "%s" once, by the clock and the zone that it is given', (text, instant) => {
    expect(read(text).schedule).toEqual({ kind: 'at', at: new Date(instant) });
  });

  it('does not let the zone of the machine, or the offset of today, into a day of summer', () => {
    expect(read('15 june at 8', 'America/New_York').schedule).toEqual({
      kind: 'at',
      at: new Date('2027-06-15T12:00:00Z'),
    });
  });

  it('begins a span now, or at the next such time', () => {
    expect(next('every 90 minutes')).toEqual([
      '2026-11-28T19:30:00.000Z',
      '2026-11-28T21:00:00.000Z',
      '2026-11-28T22:30:00.000Z',
    ]);
    expect(next('every 2 weeks on monday at 9')).toEqual([
      '2026-11-30T08:00:00.000Z',
      '2026-12-14T08:00:00.000Z',
      '2026-12-28T08:00:00.000Z',
    ]);
  });

  it.each([
    ['banana', 'did you mean "every weekday at 9"'],
    ['evry weekday at 9', 'did you mean "every weekday at 9"'],
    ['each tuseday at 7', 'did you mean "every monday at 9"'],
    ['last week of the month at 17', 'did you mean "last day of the month at 17:00"'],
    ['this month at 9', 'is not understood'],
    ['every moonday and thursday at 18:30', 'did you mean "every monday and thursday at 18:30"'],
    ['banana tomorrow at 8', 'is not understood'],
    ['tomorrow at 8 and 9', 'is not understood'],
    ['61 * * * *', 'cron "61 * * * *" cannot be read'],
    ['* * *', 'has 3 fields'],
    ['0 0 30 2 *', 'is never due'],
    ['2026-02-30T09:00', 'is not in the calendar'],
    ['2026-01-01T09:00', 'has passed'],
    ['yesterday at 8', 'has passed'],
    ['tomorrow', 'lacks a time of day'],
    ['', 'expected when it is due'],
    ['x'.repeat(201), 'expected when it is due'],
    ['every day\u0000 at 9', 'expected when it is due'],
  ])('refuses "%s" and says what would do', (text, why) => {
    expect(() => read(text)).toThrow(why);
  });

  it('refuses a zone that is none, with the nearest name', () => {
    expect(() => read('every day at 9', 'Mars/Phobos')).toThrow('there is no time zone "Mars/Phobos"');
    expect(() => read('every day at 9', 'berlin')).toThrow('did you mean Europe/Berlin');
  });
});

describe('what a schedule does that its words do not say', () => {
  it('names both changes of the clocks that a time of day falls into', () => {
    expect(read('every day at 2:30').notes).toEqual([
      'on 2027-03-28 the clocks of Europe/Berlin skip 02:30: it is due at 2027-03-28T03:00:00+02:00',
      'on 2027-10-31 the clocks of Europe/Berlin show 02:30 twice: it is due once, at 2027-10-31T02:30:00+02:00',
    ]);
    expect(read('every day at 2:30', 'America/Santiago').notes).toEqual([]);
  });

  it('says the same of the other hemisphere, half hours and instants', () => {
    expect(read('every day at 2:15', 'Australia/Lord_Howe', new Date('2026-06-01T00:00:00Z')).notes).toEqual([
      expect.stringContaining('skip 02:15'),
    ]);
    expect(read('2027-03-28T02:30').notes).toEqual([
      expect.stringContaining('it is due at 2027-03-28T03:30:00+02:00'),
    ]);
    expect(read('31 oct 2027 at 02:30').notes).toEqual([expect.stringContaining('the first one counts')]);
  });

  it('is silent about what goes on through a change, and warns of a span of days', () => {
    expect(read('every 15 minutes').notes).toEqual([]);
    expect(read('every 3 days at 9').notes).toEqual([expect.stringContaining('at another time of day')]);
    expect(read('every 3 days at 9', 'UTC').notes).toEqual([]);
  });

  it('says which months lack a day, and that a day and a weekday are alternatives', () => {
    expect(read('on the 31st at 9').notes).toEqual([expect.stringContaining('not every month has a 31st')]);
    expect(read('0 9 15 * 1').notes).toEqual([expect.stringContaining('it is due on either')]);
  });
});
