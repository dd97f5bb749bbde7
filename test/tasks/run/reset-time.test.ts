import { describe, expect, it } from 'vitest';
import { resetTimeIn } from '../../../src/tasks/run/reset-time.ts';

const now = Date.parse('2026-11-28T13:30:00Z');
const read = (text: string) => {
  const found = resetTimeIn(text, now, 'America/New_York');
  return found === undefined ? undefined : new Date(found).toISOString();
};

describe('the time at which a limit ends, in words', () => {
  it.each([
    ['Claude AI usage limit reached|1795880000', '2026-11-28T15:33:20.000Z'],
    ['usage limit reached|1795880000000', '2026-11-28T15:33:20.000Z'],
    ["You've hit your session limit · resets 3pm (Europe/Berlin)", '2026-11-28T14:00:00.000Z'],
    ['5-hour limit reached ∙ resets 3:30pm (UTC)', '2026-11-28T15:30:00.000Z'],
    ["You've hit your limit · resets 10am", '2026-11-28T15:00:00.000Z'],
    ['limit reached, resets at 21:15 (Asia/Kathmandu)', '2026-11-28T15:30:00.000Z'],
    ["You've hit your weekly limit · resets Dec 5 at 10am (America/New_York)", '2026-12-05T15:00:00.000Z'],
    ['Weekly limit reached ∙ resets Jan 2, 5pm (Asia/Tokyo)', '2027-01-02T08:00:00.000Z'],
    ['Opus weekly limit reached ∙ resets Mon 12:00 AM (UTC)', '2026-11-30T00:00:00.000Z'],
    ['resets tomorrow at 9am (Europe/Berlin)', '2026-11-29T08:00:00.000Z'],
    ['You will regain access on 2026-12-01 at 00:00 UTC.', '2026-12-01T00:00:00.000Z'],
    ['the limit resets at 2026-11-28T18:00:00+02:00', '2026-11-28T16:00:00.000Z'],
    ['Rate limited. Please try again in 2 hours 15 minutes', '2026-11-28T15:45:00.000Z'],
    ['rate limit exceeded, retry after 90 seconds', '2026-11-28T13:31:30.000Z'],
    ['resets 8am (Europe/Berlin)', '2026-11-29T07:00:00.000Z'],
    ['resets 3 PM PST', '2026-11-28T23:00:00.000Z'],
    ['resets 3pm PDT', '2026-11-28T23:00:00.000Z'],
    ['resets 3:45 p.m. CET', '2026-11-28T14:45:00.000Z'],
    ['resets at 3pm UTC+2', '2026-11-28T13:00:00.000Z'],
    ['resets 3pm (GMT-5)', '2026-11-28T20:00:00.000Z'],
    ['resets at noon', '2026-11-28T17:00:00.000Z'],
    ['resets midnight (UTC)', '2026-11-29T00:00:00.000Z'],
    ['resets 3.30pm (UTC)', '2026-11-28T15:30:00.000Z'],
    ['resets 11pm tomorrow (UTC)', '2026-11-29T23:00:00.000Z'],
    ['resets 5 Dec 10am (UTC)', '2026-12-05T10:00:00.000Z'],
    ['Weekly limit reached ∙ resets Dec 5', '2026-12-05T05:00:00.000Z'],
    ['resets on Friday (UTC)', '2026-12-04T00:00:00.000Z'],
    ['resets tomorrow (UTC)', '2026-11-29T00:00:00.000Z'],
    ['Please try again in 1h30m', '2026-11-28T15:00:00.000Z'],
    ['429 Too Many Requests, retry-after: 3600', '2026-11-28T14:30:00.000Z'],
  ])('%s', (text, at) => {
    expect(read(text)).toBe(at);
  });

  it('has passed where it was a moment ago, knows the change of clocks, and does without a zone that nobody knows', () => {
    expect(read('resets 2pm (Europe/Berlin)')).toBe('2026-11-28T13:00:00.000Z');
    const march = Date.parse('2027-03-27T20:00:00Z');
    expect(new Date(resetTimeIn('resets 9am (Europe/Berlin)', march) ?? 0).toISOString()).toBe(
      '2027-03-28T07:00:00.000Z',
    );
    expect(read('resets 10am (Middle-Earth)')).toBe('2026-11-28T15:00:00.000Z');
  });

  it('is nowhere in words that only look like it', () => {
    for (const text of [
      'API Error',
      'the limit was reached',
      'task 1764342000 failed',
      'in 3 files',
      'reset the 12 counters',
      'resets 25:00',
      'resets 13pm',
      'resets Feb 31 at 3pm',
      'resets may follow',
    ])
      expect(read(text)).toBeUndefined();
  });
});
