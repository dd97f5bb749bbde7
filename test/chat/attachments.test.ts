import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { attachedFile, keepPiece, withAttachments } from '../../src/chat/attachments.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const bytes = Buffer.from('one two three');
const piece = (offset: number, data: Buffer, name = 'list.txt') => ({
  ...{ upload: 'upload-1', name, offset, data },
  totalBytes: bytes.length,
});

describe('files of messages', () => {
  it('are whole once all pieces are there, also where one came twice', async () => {
    const dir = tempDir();
    expect(await keepPiece(dir, piece(0, bytes.subarray(0, 5)))).toEqual({ bytes: 5, isWhole: false });
    expect(await keepPiece(dir, piece(0, bytes.subarray(0, 5)))).toEqual({ bytes: 5, isWhole: false });
    await expect(attachedFile(dir, piece(0, bytes))).rejects.toThrow('attach it again');
    expect(await keepPiece(dir, piece(5, bytes.subarray(5)))).toEqual({ bytes: 13, isWhole: true });
    expect(await keepPiece(dir, piece(5, bytes.subarray(5)))).toEqual({ bytes: 13, isWhole: true });
    const file = await attachedFile(dir, piece(0, bytes));
    expect(file).toMatchObject({ name: 'list.txt', bytes: 13, text: 'one two three' });
    expect(readFileSync(file.path)).toEqual(bytes);
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
  });

  it('refuse a gap and more than was told', async () => {
    const dir = tempDir();
    await expect(keepPiece(dir, piece(5, bytes.subarray(5)))).rejects.toThrow('from byte 0 on, got 5');
    await expect(keepPiece(dir, piece(9, bytes))).rejects.toThrow('at most 13 bytes, got 22');
  });

  it('leave no folder, whatever they are called', async () => {
    const dir = tempDir();
    await keepPiece(dir, piece(0, bytes, '../../etc/pass wd.s?h'));
    const { path } = await attachedFile(dir, piece(0, bytes, '../../etc/pass wd.s?h'));
    expect(path).toBe(join(dir, path.slice(dir.length + 1)));
    expect(path.slice(dir.length + 1)).toMatch(/^page-upload-1-[A-Za-z0-9_-]+\.[A-Za-z0-9]+$/);
  });

  it('are told to the agent: short texts whole, others by where they are', () => {
    const text = { name: 'a.txt', path: '/p/a.txt', bytes: 9, text: 'has ``` in' };
    const picture = { name: 'b.png', path: '/p/b.png', bytes: 70, text: undefined };
    expect(withAttachments('look', [text, picture])).toBe(
      'look\n\nAttached file "a.txt":\n````\nhas ``` in\n````\n\nAttached file "b.png" (70 bytes) is at /p/b.png',
    );
  });
});
