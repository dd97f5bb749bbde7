import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { endOfArchive, headerOf, paddingOf, type TarEntry } from '../../../src/lib/tar/header.ts';
import { readTar } from '../../../src/lib/tar/read.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const file = (path: string, content: string): [TarEntry, Buffer] => {
  const body = Buffer.from(content);
  return [{ path, kind: 'file', size: body.length, mode: 0o600, mtime: 1_700_000_000 }, body];
};
const pack = (...entries: [TarEntry, Buffer?][]): Buffer =>
  Buffer.concat([
    ...entries.flatMap(([entry, body = Buffer.alloc(0)]) => [headerOf(entry), body, paddingOf(body.length)]),
    endOfArchive,
  ]);

async function* inChunks(archive: Buffer, bytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < archive.length; at += bytes) {
    await Promise.resolve();
    yield archive.subarray(at, at + bytes);
  }
}

async function read(archive: Buffer, chunkBytes = 700) {
  const found: { path: string; text: string; link?: string }[] = [];
  for await (const { entry, body } of readTar(inChunks(archive, chunkBytes))) {
    const parts: Buffer[] = [];
    for await (const part of body) parts.push(part);
    found.push({
      path: entry.path,
      text: Buffer.concat(parts).toString(),
      ...(entry.link && { link: entry.link }),
    });
  }
  return found;
}

describe('a tar archive of this house', () => {
  const long = `${'folder-'.repeat(20)}/ünïcode.txt`;
  const link: TarEntry = {
    path: 'work/latest',
    kind: 'link',
    size: 0,
    mode: 0o777,
    mtime: 1,
    link: '../elsewhere',
  };

  it('gives back what was packed, whatever the chunks', async () => {
    const archive = pack(file('a', 'x'.repeat(512)), file(long, 'hello'), [link], file('empty', ''));
    for (const chunk of [1, 511, 512, 100_000]) {
      expect(await read(archive, chunk)).toEqual([
        { path: 'a', text: 'x'.repeat(512) },
        { path: long, text: 'hello' },
        { path: 'work/latest', text: '', link: '../elsewhere' },
        { path: 'empty', text: '' },
      ]);
    }
  });

  it('is read by tar(1), and reads what tar(1) has packed', async () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'ours.tar'), pack(file('a', 'one'), file(long, 'two'), [link]));
    execFileSync('tar', ['-xf', 'ours.tar'], { cwd: dir });
    expect(readFileSync(join(dir, long), 'utf8')).toBe('two');
    mkdirSync(join(dir, 'theirs'));
    writeFileSync(join(dir, 'theirs', 'b'), 'three');
    symlinkSync('b', join(dir, 'theirs', 'c'));
    execFileSync('tar', ['-cf', 'theirs.tar', '--format=posix', 'theirs'], { cwd: dir });
    const packed = await read(readFileSync(join(dir, 'theirs.tar')));
    expect(packed.map(({ path }) => path).sort()).toEqual(['theirs', 'theirs/b', 'theirs/c']);
    expect(packed.find(({ path }) => path === 'theirs/b')?.text).toBe('three');
  });

  it('has sizes of more than 8 GiB', async () => {
    const size = 9 * 2 ** 30;
    const huge = headerOf({ path: 'huge', kind: 'file', size, mode: 0o600, mtime: 1 });
    for await (const { entry } of readTar(inChunks(huge, 512))) {
      expect(entry.size).toBe(size);
      break;
    }
    expect.assertions(1);
  });

  it('that is cut or altered is refused', async () => {
    const archive = pack(file('a', 'x'.repeat(2_000)), file('b', 'y'));
    for (const length of [0, 300, 512, 1_500, archive.length - 1_024, archive.length - 1])
      await expect(read(archive.subarray(0, length)), `${length} bytes`).rejects.toThrow('cut');
    archive[3] = 0x41;
    await expect(read(archive)).rejects.toThrow('damaged');
  });

  it.each(['../out', '/etc/passwd', 'a/../../b', 'a//b', ''])('with the path %j is refused', async (path) => {
    await expect(read(pack(file(path, 'x')))).rejects.toThrow('leads out');
  });
});

describe('its reader lets the source go', () => {
  /** An archive whose writer goes on until its reader is gone. */
  function endless(...blocks: Buffer[]): { isOpen: () => boolean; source: AsyncGenerator<Buffer> } {
    let isOpen = true;
    async function* source(): AsyncGenerator<Buffer> {
      try {
        yield* blocks;
        for (;;) yield await Promise.resolve(Buffer.alloc(512, 1));
      } finally {
        isOpen = false;
      }
    }
    return { isOpen: () => isOpen, source: source() };
  }

  it('where the archive is damaged', async () => {
    const { isOpen, source } = endless();
    await expect(readTar(source).next()).rejects.toThrow(/damaged/);
    expect(isOpen()).toBe(false);
  });

  it('where somebody has seen enough', async () => {
    const { isOpen, source } = endless(pack(file('a', 'one')).subarray(0, 1_024));
    for await (const { entry } of readTar(source)) {
      expect(entry.path).toBe('a');
      break;
    }
    expect(isOpen()).toBe(false);
  });
});
