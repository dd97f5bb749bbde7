import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DaemonNotRunningError, writeLine } from '../../../src/lib/wire/write-line.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { eventually } from '../../helpers/eventually.ts';

const opened: number[] = [];
afterEach(() => {
  for (const fd of opened.splice(0)) closeSync(fd);
});

function makePipe(): string {
  const path = join(tempDir(), 'fifo');
  execFileSync('mkfifo', [path]);
  return path;
}

function open(path: string, flags: number): number {
  const fd = openSync(path, flags | constants.O_NONBLOCK);
  opened.push(fd);
  return fd;
}

function read(fd: number, bytes: number): string {
  const buffer = Buffer.alloc(bytes);
  return buffer.toString('utf8', 0, readSync(fd, buffer, 0, bytes, null));
}

/** Fills the pipe to the last page. Returns how many bytes went in. */
function fill(fd: number): number {
  const page = Buffer.alloc(4096, 0x2e);
  for (let bytes = 0; ; bytes += page.length) {
    try {
      writeSync(fd, page);
    } catch (thrown) {
      expect((thrown as NodeJS.ErrnoException).code).toBe('EAGAIN');
      return bytes;
    }
  }
}

function descriptorsOf(path: string): number {
  const links = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return links.filter((link) => link === path).length;
}

describe('writeLine', () => {
  it('puts the line into the pipe as it is', async () => {
    const path = makePipe();
    const reader = open(path, constants.O_RDWR);
    await writeLine(path, 'LOW|a||b|grün\n');
    expect(read(reader, 100)).toBe('LOW|a||b|grün\n');
  });

  it('keeps lines whole that many write at once', async () => {
    const path = makePipe();
    const reader = open(path, constants.O_RDWR);
    const lines = Array.from(
      { length: 12 },
      (_, index) => `LOW|a||b|${String(index).repeat(2_000).slice(0, 4_000)}\n`,
    );
    await Promise.all(lines.map((line) => writeLine(path, line)));
    const got = read(reader, 100_000).split('\n').slice(0, -1);
    expect(got.sort()).toEqual(lines.map((line) => line.slice(0, -1)).sort());
  });

  it('says that the daemon is not running where nobody has the pipe open, or there is none', async () => {
    const path = makePipe();
    await expect(writeLine(path, 'x\n')).rejects.toMatchObject({
      code: 'NOT_RUNNING',
      message: `no daemon answers at ${path}; start one with: ninjad up`,
    });
    await expect(writeLine(`${path}-missing`, 'x\n')).rejects.toThrow(DaemonNotRunningError);
  });

  it('waits for room in a full pipe', async () => {
    const path = makePipe();
    const reader = open(path, constants.O_RDWR);
    const filled = fill(reader);
    const written = writeLine(path, 'LOW|a||b|late\n');
    const isSettled = await Promise.race([
      written.then(() => true),
      new Promise((resolve) => setImmediate(resolve, false)),
    ]);
    expect(isSettled).toBe(false);
    read(reader, 8_192);
    await written;
    expect(read(reader, filled)).toMatch(/^\.*LOW\|a\|\|b\|late\n$/);
  });

  it('gives up on a pipe that stays full', async () => {
    const path = makePipe();
    const reader = open(path, constants.O_RDWR);
    fill(reader);
    await expect(writeLine(path, 'x\n', 50)).rejects.toMatchObject({
      code: 'PIPE_FULL',
      message: `${path} stayed full: the daemon is not taking events at the moment`,
    });
  });

  it('says so when the reader leaves while the pipe is full', async () => {
    const path = makePipe();
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = open(path, constants.O_WRONLY);
    fill(writer);
    const outcome = expect(writeLine(path, 'x\n')).rejects.toThrow(DaemonNotRunningError);
    // It has the pipe open, beside the two above, so that what it meets is a broken pipe and not a missing reader.
    await eventually(() => expect(descriptorsOf(path)).toBe(3));
    closeSync(reader);
    await outcome;
  });

  it('never writes into something else that stands at the path', async () => {
    const path = join(tempDir(), 'fifo');
    writeFileSync(path, 'precious');
    await expect(writeLine(path, 'x\n')).rejects.toMatchObject({ code: 'NOT_A_FIFO' });
    expect(readFileSync(path, 'utf8')).toBe('precious');
    mkdirSync(`${path}-dir`);
    await expect(writeLine(`${path}-dir`, 'x\n')).rejects.toMatchObject({ code: 'EISDIR' });
  });

  it('refuses a line that would tear, before it looks at the pipe', async () => {
    await expect(writeLine('/nowhere', 'x'.repeat(4_097))).rejects.toThrow('would tear');
    const path = makePipe();
    const reader = open(path, constants.O_RDWR);
    await writeLine(path, 'x'.repeat(4_096));
    expect(read(reader, 10_000)).toHaveLength(4_096);
  });
});
