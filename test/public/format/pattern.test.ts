import { expect, it } from 'vitest';
import { fitsPattern } from '../../../public/js/format/pattern.js';

it.each([
  ['cron:disk', 'cron:disk', true],
  ['cron:disk', 'cron:disks', false],
  ['cron:*', 'cron:disk', true],
  ['cron:*', 'xcron:disk', false],
  ['*', '', true],
  ['*:nas', 'fleet:nas', true],
  ['*:nas', 'fleet:nas2', false],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'a-c-b', false],
  ['ab*ba', 'aba', false],
])('compares %s with %s', (pattern, name, fits) => {
  expect(fitsPattern(pattern, name)).toBe(fits);
});
