import { expect, it } from 'vitest';
import { durationText, readDuration } from '../../src/lib/duration-text.ts';

it.each([
  ['90s', 90_000, '1m30s'],
  ['10m', 600_000, '10m'],
  ['90m', 5_400_000, '1h30m'],
  ['1h 30m', 5_400_000, '1h30m'],
  ['2d', 172_800_000, '2d'],
  ['0s', 0, '0s'],
])('reads %s, and writes it so that it is read again', (text, ms, written) => {
  expect(readDuration(text)).toBe(ms);
  expect(durationText(ms)).toBe(written);
  expect(readDuration(written)).toBe(ms);
});

it.each(['', '10', 'soon', '1.5h', '-5m', '10 minutes'])('refuses "%s" with examples', (text) => {
  expect(() => readDuration(text)).toThrow('such as 90s, 10m, 1h30m or 2d');
});
