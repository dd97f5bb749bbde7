import { expect, it } from 'vitest';
import { cronWords } from '../../src/schedule/cron-words.ts';

it.each([
  ['0 7 * * *', 'every day at 07:00'],
  ['0 0 7 * * *', 'every day at 07:00'],
  ['0 6,18 * * *', 'every day at 06:00 and 18:00'],
  ['0 6 * * 1', 'Mondays at 06:00'],
  ['30 8 * * 1,3', 'Mondays and Wednesdays at 08:30'],
  ['0 9 * * MON,TUE,THU', 'Mondays, Tuesdays, and Thursdays at 09:00'],
  ['0 9 * * 1-5', 'weekdays at 09:00'],
  ['5 4 3 * *', 'on the 3rd at 04:05'],
  ['0 12 1,11,22 * *', 'on the 1st, 11th, and 22nd at 12:00'],
  ['*/15 * * * *', 'every 15 minutes'],
  ['15 10 * 3 *', 'at 10:15, only in March'],
  ['*/5 9-17 * * 1-5', 'every 5 minutes, between 09:00 and 17:59, Monday through Friday'],
])('says %s as a person would: %s', (cron, words) => {
  expect(cronWords(cron)).toBe(words);
});

it('says nothing of what it would say wrongly', () => {
  expect(cronWords('0 0 13 * 5')).toBeNull();
  expect(cronWords('0 0 L * *')).toBeNull();
  expect(cronWords('nonsense')).toBeNull();
});
