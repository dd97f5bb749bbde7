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

it('says at its end that the lease had run out, since what came then was not put off', async () => {
  let now = 0;
  const hold = createBackupHold(() => now);
  hold.begin('one');
  now = 91_000;
  let ran = 0;
  await hold.afterwards(() => Promise.resolve(void (ran += 1)));
  expect(ran).toBe(1);
  expect(await hold.end('one')).toBe(false);
  hold.begin('two');
  expect(await hold.end('two')).toBe(true);
});

it('is lost where more is to be deleted than can be put off, and the backup learns of it', async () => {
  const hold = createBackupHold(() => 0, 2);
  hold.begin('one');
  const done: number[] = [];
  for (const n of [1, 2, 3]) await hold.afterwards(() => Promise.resolve(void done.push(n)));
  expect(done).toEqual([1, 2, 3]);
  expect(() => hold.renew('one')).toThrow('begin it again');
  expect(await hold.end('one')).toBe(false);
});
