import { describe, expect, it } from 'vitest';
import { parseLine } from '../../../src/lib/wire/parse-line.ts';
import { describeRejection } from '../../../src/lib/wire/scan-line.ts';
import { parseTimestamp } from '../../../src/lib/wire/timestamp.ts';

const noon = Date.UTC(2026, 10, 28, 12);

describe('a timestamp', () => {
  it.each([
    ['seconds', String(noon / 1_000), noon],
    ['milliseconds', String(noon + 123), noon + 123],
    ['microseconds, as date +%s%6N prints them', `${noon + 123}456`, noon + 123],
    ['nanoseconds, as date +%s%N prints them', `${noon + 123}456789`, noon + 123],
    ['an offset without its colon, as date +%z prints it', '2026-11-28T13:00:00+0100', noon],
    ['an offset to the west', '2026-11-28T04:30:00.5-07:30', noon + 500],
    ['an offset that leads into another year', '2026-12-31T23:30:00-01:00', Date.UTC(2027, 0, 1, 0, 30)],
    [
      'a fraction after a comma, as date --iso-8601=ns prints it',
      '2026-11-28T12:00:00,123456789+00:00',
      noon + 123,
    ],
    ['a small epoch', '1', 1_000],
    ['a leap day', '2028-02-29T00:00:00Z', Date.UTC(2028, 1, 29)],
    ['a leap second', '2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1)],
    ['a leap second elsewhere', '1990-12-31T15:59:60.25-08:00', Date.UTC(1991, 0, 1) + 250],
    ['fractions beyond the millisecond', '2026-11-28T12:00:00.123456789Z', noon + 123],
    ['a year of one digit', '0001-01-01T00:00:00Z', Date.parse('0001-01-01T00:00:00Z')],
  ])('may be %s', (_, field, expected) => {
    expect(parseTimestamp(field)).toBe(expected);
  });

  it.each([
    '2026-02-30T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2100-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T12:60:00Z',
    '2026-01-01T12:00:61Z',
    '2026-01-15T23:59:60Z',
    '2026-12-31T12:00:60Z',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00+01:60',
    '2026-01-01T00:00:00+1',
    '2026-01-01T00:00:00',
    '20261128',
    '19991231',
    '202611281200',
    '20261128120000',
    '179534160012345',
    '17953416001234567',
    '179534160012345678',
    '17953416001234567890',
    'now',
  ])('is refused where it is %s, and told what was expected', (field) => {
    const parsed = parseLine(`LOW|a|${field}|b|c`);
    expect(parsed).toEqual({ ok: false, reason: 'bad-timestamp' });
    expect(describeRejection('bad-timestamp')).toMatch(/RFC 3339.*exists.*seconds.*microseconds \(16\)/);
  });
});
