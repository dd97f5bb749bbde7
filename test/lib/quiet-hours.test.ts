import { describe, expect, it } from 'vitest';
import { isQuiet, parseQuietHours, quietUntil } from '../../src/lib/quiet-hours.ts';

describe('reading quiet hours', () => {
  it.each([
    ['22:00-07:00', { from: 1320, until: 420 }],
    ['9:05 - 17:30', { from: 545, until: 1050 }],
    ['18:00–24:00', { from: 1080, until: 1440 }],
  ])('takes %s', (text, hours) => expect(parseQuietHours(text)).toEqual(hours));

  it.each([
    '',
    '22-7',
    '25:00-07:00',
    '22:60-07:00',
    '24:30-07:00',
    '24:00-07:00',
    '22:00',
    '07:00-07:00',
    '00:00-24:00',
  ])('refuses "%s" and says how they are written', (text) =>
    expect(() => parseQuietHours(text)).toThrow(/quiet hours/),
  );
});

describe('being quiet', () => {
  const night = parseQuietHours('22:00-07:00');

  it.each([
    ['2026-01-10T20:59:59Z', false],
    ['2026-01-10T21:00:00Z', true],
    ['2026-01-11T05:59:59Z', true],
    ['2026-01-11T06:00:00Z', false],
    // Summer time: the same minutes on the wall an hour earlier.
    ['2026-07-10T20:00:00Z', true],
    ['2026-07-11T05:00:00Z', false],
  ])('follows the clocks of the zone at %s', (at, quiet) =>
    expect(isQuiet(night, 'Europe/Berlin', new Date(at))).toBe(quiet),
  );

  it('ends at the first minute that is not quiet, also where the clocks change meanwhile', () => {
    expect(quietUntil(night, 'Europe/Berlin', new Date('2026-01-10T23:10:20Z'))).toEqual(
      new Date('2026-01-11T06:00:00Z'),
    );
    expect(quietUntil(night, 'Europe/Berlin', new Date('2026-03-28T23:10:20Z'))).toEqual(
      new Date('2026-03-29T05:00:00Z'),
    );
    const noon = new Date('2026-01-10T12:00:00Z');
    expect(quietUntil(night, 'Europe/Berlin', noon)).toBe(noon);
  });
});
