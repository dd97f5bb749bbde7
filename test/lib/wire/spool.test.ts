import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { spoolReference } from '../../../src/lib/wire/format-line.ts';
import { isSpoolName } from '../../../src/lib/wire/scan-line.ts';
import { maxSpoolBytes, readSpool, removeSpool, writeSpool } from '../../../src/lib/wire/spool.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

describe('spool', () => {
  it('gives back what was written, under a name that the wire takes, and removes it', async () => {
    const dir = tempDir();
    const payload = `grün, 忍者 \0 "quoted"\r\n${'x'.repeat(5_000)}`;
    const name = await writeSpool(dir, payload);
    expect(isSpoolName(name)).toBe(true);
    expect(spoolReference(name)).toBe(`@spool:${name}`);
    expect(await readSpool(dir, name)).toBe(payload);
    expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
    await removeSpool(dir, name);
    expect(readdirSync(dir)).toEqual([]);
    await removeSpool(dir, name);
  });

  it('writes many payloads at once without a clash and leaves nothing unfinished', async () => {
    const dir = tempDir();
    const payloads = Array.from({ length: 50 }, (_, index) => `payload ${index}`);
    const names = await Promise.all(payloads.map((payload) => writeSpool(dir, payload)));
    expect(readdirSync(dir).sort()).toEqual(names.toSorted());
    expect(await Promise.all(names.map((name) => readSpool(dir, name)))).toEqual(payloads);
  });

  it('refuses to write more than it would read, counted in bytes', async () => {
    const dir = tempDir();
    await expect(writeSpool(dir, 'ü'.repeat(maxSpoolBytes / 2 + 1))).rejects.toMatchObject({
      code: 'TOO_LARGE',
    });
    expect(readdirSync(dir)).toEqual([]);
    const largest = await writeSpool(dir, 'ü'.repeat(maxSpoolBytes / 2));
    expect(await readSpool(dir, largest)).toHaveLength(maxSpoolBytes / 2);
  });

  it('says what is wrong with a file that it does not read', async () => {
    const dir = tempDir();
    const outside = join(tempDir(), 'secret');
    writeFileSync(outside, 'secret');
    symlinkSync(outside, join(dir, 'link'));
    mkdirSync(join(dir, 'folder'));
    writeFileSync(join(dir, 'large'), '');
    truncateSync(join(dir, 'large'), maxSpoolBytes + 1);
    await expect(readSpool(dir, 'absent')).rejects.toMatchObject({
      code: 'SPOOL_MISSING',
      message: 'the spool has no file absent',
    });
    await expect(readSpool(dir, 'link')).rejects.toMatchObject({
      code: 'SPOOL_MISSING',
      message: 'the spool entry link is not a plain file',
    });
    await expect(readSpool(dir, 'folder')).rejects.toMatchObject({ code: 'SPOOL_MISSING' });
    await expect(readSpool(dir, 'large')).rejects.toMatchObject({ code: 'TOO_LARGE' });
  });

  it('touches nothing outside its folder, whatever the name', async () => {
    const parent = tempDir();
    const dir = join(parent, 'spool');
    mkdirSync(dir);
    writeFileSync(join(parent, 'precious'), 'mine');
    for (const name of [
      '../precious',
      '..',
      '.',
      '',
      'a/../../precious',
      '.hidden',
      join(parent, 'precious'),
    ]) {
      await expect(readSpool(dir, name)).rejects.toThrow(RangeError);
      await expect(removeSpool(dir, name)).rejects.toThrow(RangeError);
      expect(() => spoolReference(name)).toThrow(RangeError);
    }
    expect(readFileSync(join(parent, 'precious'), 'utf8')).toBe('mine');
  });

  it('says that the folder is missing, which means that no daemon has been here', async () => {
    await expect(writeSpool(join(tempDir(), 'none'), 'x')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
