import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
  readSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  closeFifo,
  ensureFifo,
  FifoRefusedError,
  isStillThere,
  moveIntruderAside,
  type OpenFifo,
  openFifo,
} from '../../../src/lib/wire/fifo.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const opened: OpenFifo[] = [];
afterEach(() => {
  for (const fifo of opened.splice(0)) closeFifo(fifo);
});

const place = (): string => join(tempDir(), 'events.fifo');
const modeOf = (path: string): number => statSync(path).mode & 0o7777;

async function openNew(path = place()): Promise<OpenFifo> {
  await ensureFifo(path);
  const fifo = openFifo(path);
  opened.push(fifo);
  return fifo;
}

describe('ensureFifo', () => {
  it('makes a pipe that only we can use, whatever the umask', async () => {
    for (const mask of [0o000, 0o777]) {
      const path = place();
      const before = process.umask(mask);
      try {
        await ensureFifo(path);
      } finally {
        process.umask(before);
      }
      expect(statSync(path).isFIFO()).toBe(true);
      expect(modeOf(path)).toBe(0o600);
    }
  });

  it('takes the pipe that is there', async () => {
    const path = place();
    await ensureFifo(path);
    const { ino } = statSync(path);
    await ensureFifo(path);
    expect(statSync(path).ino).toBe(ino);
  });

  it.each([0o666, 0o640, 0o604, 0o200, 0o000])('repairs the mode %o', async (mode) => {
    const path = place();
    execFileSync('mkfifo', [path]);
    chmodSync(path, mode);
    await ensureFifo(path);
    expect(modeOf(path)).toBe(0o600);
  });

  it.each<[string, (path: string) => unknown, string]>([
    [
      'a regular file',
      (path) => writeFileSync(path, 'precious'),
      'is a regular file (a shell that writes to a missing pipe makes one)',
    ],
    ['a folder', (path) => mkdirSync(path), 'is a folder'],
    [
      'a link, even to a pipe',
      (path) => {
        execFileSync('mkfifo', [`${path}-other`]);
        symlinkSync(`${path}-other`, path);
      },
      'is a symbolic link',
    ],
    ['a link that leads nowhere', (path) => symlinkSync('/nowhere', path), 'is a symbolic link'],
  ])('refuses %s and leaves it as it is', async (_, make, what) => {
    const path = place();
    make(path);
    const before = readdirSync(join(path, '..'));
    const refused = ensureFifo(path);
    await expect(refused).rejects.toThrow(FifoRefusedError);
    await expect(refused).rejects.toThrow(
      `${path} should be a named pipe but ${what}; move it away and start again`,
    );
    expect(readdirSync(join(path, '..'))).toEqual(before);
  });

  it('refuses a socket', async () => {
    const path = place();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    await expect(ensureFifo(path)).rejects.toThrow('is something else');
    await new Promise((resolve) => server.close(resolve));
  });

  it('refuses the pipe of another user', async (context) => {
    const path = place();
    execFileSync('mkfifo', [path]);
    if (process.getuid?.() !== 0) context.skip('only root can give a file away');
    chownSync(path, 65_534, 65_534);
    await expect(ensureFifo(path)).rejects.toThrow(`${path} belongs to user 65534, not to 0`);
  });

  it('passes on what it cannot look at', async () => {
    await expect(ensureFifo(join(tempDir(), 'none', 'fifo'))).rejects.toThrow('mkfifo');
    const file = place();
    writeFileSync(file, '');
    await expect(ensureFifo(join(file, 'fifo'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});

describe('openFifo', () => {
  it('opens both ways without waiting for a writer, and never blocks on an empty pipe', async () => {
    const fifo = await openNew();
    const buffer = Buffer.alloc(10);
    expect(() => readSync(fifo.fd, buffer, 0, 10, null)).toThrow(/EAGAIN/);
    writeSync(fifo.fd, 'hello');
    expect(readSync(fifo.fd, buffer, 0, 10, null)).toBe(5);
  });

  it('makes room for a megabyte', async (context) => {
    if (process.platform !== 'linux') context.skip('only Linux grows pipes');
    const fifo = await openNew();
    const page = Buffer.alloc(4096);
    for (let bytes = 0; bytes < 1024 * 1024; bytes += page.length)
      expect(writeSync(fifo.fd, page)).toBe(page.length);
  });

  it('refuses what took the place of the pipe since it was checked', () => {
    const path = place();
    writeFileSync(path, 'written by echo');
    expect(() => openFifo(path)).toThrow(FifoRefusedError);
    expect(readFileSync(path, 'utf8')).toBe('written by echo');
  });
});

describe('isStillThere', () => {
  it('is true for the pipe at its path and false once it is removed, replaced or moved', async () => {
    const fifo = await openNew();
    expect(await isStillThere(fifo)).toBe(true);
    renameSync(fifo.path, `${fifo.path}.moved`);
    expect(await isStillThere(fifo)).toBe(false);
    await ensureFifo(fifo.path);
    expect(await isStillThere(fifo)).toBe(false);
    renameSync(`${fifo.path}.moved`, fifo.path);
    expect(await isStillThere(fifo)).toBe(true);
    unlinkSync(fifo.path);
    writeFileSync(fifo.path, '');
    expect(await isStillThere(fifo)).toBe(false);
  });
});

describe('moveIntruderAside', () => {
  it('moves a file away and says where to, with all that is in it', async () => {
    const path = place();
    writeFileSync(path, 'LOW|a||b|written into a file\n');
    expect(await moveIntruderAside(path, 17)).toBe(`${path}.found-17`);
    expect(readFileSync(`${path}.found-17`, 'utf8')).toBe('LOW|a||b|written into a file\n');
    expect(readdirSync(join(path, '..'))).toEqual(['events.fifo.found-17']);
  });

  it('moves a link and not what it leads to', async () => {
    const path = place();
    writeFileSync(`${path}-target`, 'precious');
    symlinkSync(`${path}-target`, path);
    await moveIntruderAside(path, 17);
    expect(readdirSync(join(path, '..')).sort()).toEqual(['events.fifo-target', 'events.fifo.found-17']);
  });

  it('leaves a pipe alone, and does nothing where there is nothing', async () => {
    const fifo = await openNew();
    expect(await moveIntruderAside(fifo.path, 17)).toBeUndefined();
    expect(await isStillThere(fifo)).toBe(true);
    expect(await moveIntruderAside(place(), 17)).toBeUndefined();
  });
});
