import { describe, expect, it } from 'vitest';
import { duration, relative } from '../../../public/js/format/duration.js';
import { bytes, count, money, percent, plural, short } from '../../../public/js/format/quantity.js';
import { signOf } from '../../../public/js/format/state.js';

describe('durations', () => {
  it('are told in at most two units', () => {
    expect(
      [0, 840, 1_000, 5_400, 59_999, 134_000, 3_600_000, 7_260_000, 273_600_000, -5, Number.NaN].map(
        duration,
      ),
    ).toEqual([
      '0 ms',
      '840 ms',
      '1 s',
      '5.4 s',
      '59 s',
      '2 m 14 s',
      '1 h',
      '2 h 1 m',
      '3 d 4 h',
      '0 s',
      '0 s',
    ]);
  });

  it('of the past and the future read differently, and a moment is just now', () => {
    const now = 10_000_000_000;
    expect(relative(now - 1_000, now)).toBe('just now');
    expect(relative(now - 14 * 60_000, now)).toBe('14 min ago');
    expect(relative(now + 3 * 3_600_000, now)).toBe('in 3 h');
    expect(relative(now - 90 * 86_400_000, now)).toBe('3 months ago');
  });
});

describe('quantities', () => {
  it('show money with as many decimals as it needs', () => {
    expect([0, 0.0001, 0.042, 0.9994, 1.284, 12.5, null].map((usd) => money(usd))).toEqual([
      '$0', '<$0.001', '$0.042', '$0.999', '$1.28', '$12.50', '–',
    ]); // prettier-ignore
  });

  it('are short on axes and whole in texts', () => {
    expect([0, 0.25, 7, 940, 1_000, 12_400, 128_400, 999_900, 1_250_000].map(short)).toEqual([
      '0', '0.3', '7', '940', '1 k', '12.4 k', '128 k', '1 M', '1.3 M',
    ]); // prettier-ignore
    expect(count(12_480)).toBe('12,480');
    expect(plural(1, 'task')).toBe('1 task');
    expect(plural(2, 'memory', 'memories')).toBe('2 memories');
    expect(percent(0.914)).toBe('91 %');
    expect([0, 512, 1_536, 250_000_000].map((size) => bytes(size))).toEqual([
      '0 B',
      '512 B',
      '1.5 KiB',
      '238 MiB',
    ]);
  });
});

describe('the sign of a state', () => {
  it('has a glyph, a word and a tone, also for a state that nobody foresaw', () => {
    expect(signOf('failed')).toEqual({ glyph: '✕', word: 'failed', tone: 'pink' });
    expect(signOf('half_open')).toEqual({ glyph: '·', word: 'half open', tone: 'soft' });
  });
});
