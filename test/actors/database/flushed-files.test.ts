import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createFlushedFiles, type FlushedFiles } from '../../../actors/database/flushed-files.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

let folder: string;
let files: FlushedFiles;
const open: number[] = [];

/** Opens a file as the database does. */
function take(name: string): number {
  const path = join(folder, name);
  const descriptor = openSync(path, 'a+');
  open.push(descriptor);
  files.opened(descriptor, path);
  return descriptor;
}

/** Whether the file would be flushed now. */
function flushes(descriptor: number): boolean {
  let flushed = false;
  files.flushOnce(descriptor, () => {
    flushed = true;
  });
  return flushed;
}

beforeEach(() => {
  folder = tempDir();
  files = createFlushedFiles();
});
afterEach(() => {
  for (const descriptor of open.splice(0)) closeSync(descriptor);
});

it('flushes what it knows nothing of, and what has changed since', () => {
  const file = take('a');
  expect(flushes(file)).toBe(true);
  expect(flushes(file)).toBe(false);
  files.changes(file);
  expect(flushes(file)).toBe(true);
  expect(flushes(file)).toBe(false);
  files.forget();
  expect(flushes(file)).toBe(true);
});

it('knows a file by whatever descriptor it is changed or flushed', () => {
  const [one, other] = [take('a'), take('a')];
  expect([flushes(one), flushes(other)]).toEqual([true, false]);
  files.changes(other);
  expect([flushes(one), flushes(other)]).toEqual([true, false]);
});

it('forgets all where a descriptor is changed that it never saw opened', () => {
  const file = take('a');
  flushes(file);
  files.changes(1_000_000);
  expect(flushes(file)).toBe(true);
  expect([flushes(1_000_000), flushes(1_000_000)]).toEqual([true, true]);
});

it('does not take a flush for made that failed', () => {
  const file = take('a');
  const fails = () => {
    throw new Error('EIO');
  };
  expect(() => files.flushOnce(file, fails)).toThrow('EIO');
  expect(flushes(file)).toBe(true);
});

it('flushes all that has changed beside, but not what changes meanwhile', async () => {
  const [still, changed] = [take('still'), take('changed')];
  const done = files.flushChanged();
  files.changes(changed);
  await done;
  // Which of them was begun with when the other changed is not said: a second time makes it so.
  await files.flushChanged();
  expect([flushes(still), flushes(changed)]).toEqual([false, false]);
  const again = files.flushChanged();
  files.changes(changed);
  await again;
  expect(flushes(changed)).toBe(true);
});

it('takes no file for flushed that another one has taken the place of, or whose inode is another one’s now', async () => {
  const replaced = take('a');
  writeFileSync(join(folder, 'b'), '');
  renameSync(join(folder, 'b'), join(folder, 'a'));
  await files.flushChanged();
  expect(flushes(replaced)).toBe(true);
  const gone = take('c');
  flushes(gone);
  rmSync(join(folder, 'c'));
  closeSync(open.splice(open.indexOf(gone), 1)[0] as number);
  expect(flushes(take('c'))).toBe(true);
});

it('goes on where a file is gone', async () => {
  take('gone');
  const file = take('there');
  rmSync(join(folder, 'gone'));
  await files.flushChanged();
  expect(flushes(file)).toBe(false);
});

it('tells where the system cannot flush', async () => {
  const descriptor = openSync('/dev/null', 'r');
  open.push(descriptor);
  files.opened(descriptor, '/dev/null');
  await expect(files.flushChanged()).rejects.toMatchObject({ code: 'EINVAL' });
});
