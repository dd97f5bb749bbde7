import { expect, it } from 'vitest';
import { createBackupHold } from '../../src/upkeep/hold.ts';

it('puts off what would delete until the backup has ended', async () => {
  const hold = createBackupHold(() => 0);
  const done: string[] = [];
  const note = (what: string) => () => Promise.resolve(void done.push(what));
  hold.begin('one');
  await hold.afterwards(note('a'));
  expect(done).toEqual([]);
  expect(() => hold.begin('two')).toThrow('another backup');
  expect(await hold.end('two')).toBe(false);
  expect(await hold.end('one')).toBe(true);
  await hold.afterwards(note('b'));
  expect(done).toEqual(['a', 'b']);
});

it('is a lease: a backup that was killed holds nothing up, and cannot go on', async () => {
  let time = 0;
  const hold = createBackupHold(() => time);
  const done: string[] = [];
  hold.begin('one');
  time = 80_000;
  hold.renew('one');
  await hold.afterwards(() => Promise.resolve(void done.push('a')));
  expect(await hold.sweep()).toBe(false);
  time = 80_000 + 90_000;
  expect(hold.isHeld()).toBe(false);
  expect(() => hold.renew('one')).toThrow('begin it again');
  expect(await hold.sweep()).toBe(true);
  expect(done).toEqual(['a']);
  hold.begin('two');
});
