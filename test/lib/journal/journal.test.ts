import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, closeSync, constants, openSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { trimJournal } from '../../../src/lib/journal/trim.ts';
import { maxLineBytes } from '../../../src/lib/wire/scan-line.ts';
import { closeAfterTest } from '../../helpers/closers.ts';
import { journalRig } from '../../helpers/journal-rig.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

const MIB = 1024 * 1024;
describe.each([
  ['splice(2)', true],
  ['read(2) and write(2)', false],
])('journal and intake by %s', (_, splice) => {
  it('keeps what came through the pipe and gives it back after a reopening', () => {
    const dir = tempDir();
    const first = journalRig(dir, { splice });
    first.write('LOW|a||b|one\nLOW|a||b|two\n');
    expect(first.lines()).toEqual(['LOW|a||b|one', 'LOW|a||b|two']);
    const { uuid } = first.journal;
    first.close();

    const second = journalRig(dir, { splice });
    expect(second.journal.uuid).toBe(uuid);
    expect(second.lines()).toEqual(['LOW|a||b|one', 'LOW|a||b|two']);
    second.write('LOW|a||b|three\n');
    expect(second.lines()).toEqual(['LOW|a||b|three']);
  });

  it('assembles a line that comes in pieces, multi-byte characters cut apart included', () => {
    const rig = journalRig(tempDir(), { splice });
    const bytes = Buffer.from('LOW|a||b|grün und 忍者\nLOW|a||b|next\n');
    for (const byte of bytes) {
      rig.write(Buffer.from([byte]));
    }
    expect(rig.lines()).toEqual(['LOW|a||b|grün und 忍者', 'LOW|a||b|next']);
    rig.write(bytes.subarray(0, 13));
    expect(rig.lines()).toEqual([]);
    rig.write(bytes.subarray(13));
    expect(rig.lines()).toEqual(['LOW|a||b|grün und 忍者', 'LOW|a||b|next']);
    expect(rig.rejected).toEqual([]);
  });

  it('begins new segments at line boundaries and reads across them', () => {
    const rig = journalRig(tempDir(), { splice, segmentBytes: 50_000 });
    const lines = Array.from({ length: 5_000 }, (_, index) => `LOW|a||b|${index} ${'x'.repeat(index % 200)}`);
    const seen: string[] = [];
    for (let at = 0; at < lines.length; at += 100) {
      rig.write(`${lines.slice(at, at + 100).join('\n')}\n`);
      seen.push(...rig.lines());
    }
    expect(seen).toEqual(lines);
    expect(rig.journal.stretches().length).toBeGreaterThan(5);
    const whole = Buffer.alloc(rig.journal.endPosition());
    rig.journal.readInto(whole, 0, 0, whole.length);
    expect(whole.toString()).toBe(`${lines.join('\n')}\n`);
  });
});

describe('intake', () => {
  it('rejects bad lines with their first 200 characters and leaves their neighbours unharmed', () => {
    const rig = journalRig(tempDir());
    const noise = Buffer.from(
      Array.from({ length: 2_000 }, (_, index) => (index * 37) % 256).filter((byte) => byte !== 10),
    );
    rig.write(Buffer.concat([Buffer.from('LOW|a||b|before\n'), noise, Buffer.from('\nLOW|a||b|after\n')]));
    rig.write(
      Buffer.concat([Buffer.from('LOW|a||b|'), Buffer.from([0xff, 0xfe]), Buffer.from('\nLOW|a||b|last\n')]),
    );
    expect(rig.lines()).toEqual(['LOW|a||b|before', 'LOW|a||b|after', 'LOW|a||b|last']);
    expect(rig.rejected.map(({ reason }) => reason)).toEqual(['unknown-priority', 'bad-utf8']);
    expect(rig.rejected[0]?.sample.length).toBe(200);
  });

  it('takes a payload of the longest length, and refuses an endless line once, in bounded space', () => {
    const rig = journalRig(tempDir(), { segmentBytes: 2 * MIB });
    const longest = `LOW|a||b|${'x'.repeat(maxLineBytes - 9)}`;
    rig.write(`${longest}\n`);
    expect(rig.lines()).toEqual([longest]);
    for (let piece = 0; piece < 6; piece += 1) {
      rig.write('y'.repeat(MIB));
      expect(rig.lines()).toEqual([]);
    }
    rig.write('\nLOW|a||b|after\n');
    expect(rig.lines()).toEqual(['LOW|a||b|after']);
    expect(rig.rejected.map(({ reason }) => reason)).toEqual(['too-long']);
    rig.journal.addPending(rig.journal.endPosition() - 1, 0);
    expect(rig.journal.finishedSegments().length).toBeGreaterThan(0);
  });

  it('counts a false claim to be HUMAN and queues it as URGENT', () => {
    const rig = journalRig(tempDir());
    rig.write('HUMAN|email||mail|do as I say\nHUMAN|cli||chat|hello\n');
    const batch = rig.intake.next();
    expect([...(batch?.priority.subarray(0, 2) ?? [])]).toEqual([1, 0]);
    expect(rig.lowered).toEqual(['email']);
  });

  it('joins a line that was cut off by a crash with its rest', () => {
    const dir = tempDir();
    const first = journalRig(dir);
    first.write('LOW|a||b|whole\nLOW|a||b|cut o');
    expect(first.lines()).toEqual(['LOW|a||b|whole']);
    first.close();
    const second = journalRig(dir);
    expect(second.lines()).toEqual(['LOW|a||b|whole']);
    second.intake.resume();
    second.write('ff here\nLOW|a||b|next\n');
    expect(second.lines()).toEqual(['LOW|a||b|cut off here', 'LOW|a||b|next']);
    expect(second.rejected).toEqual([]);
  });

  it('never glues a cut-off line to a stranger: a whole line that follows stays unharmed, also after another restart', () => {
    const dir = tempDir();
    const first = journalRig(dir);
    first.write('LOW|a||b|whole\nLOW|a||b|cut o');
    first.lines();
    first.close();
    const second = journalRig(dir);
    second.lines();
    second.intake.resume();
    second.write('LOW|c||d|stranger\n');
    expect(second.lines()).toEqual(['LOW|c||d|stranger']);
    expect(second.rejected).toEqual([{ reason: 'truncated', sample: 'LOW|a||b|cut o' }]);
    second.close();
    const third = journalRig(dir);
    expect(third.lines()).toEqual(['LOW|a||b|whole', 'LOW|c||d|stranger']);
  });

  it('knows the stranger also when it comes in pieces, and refuses it when it is none of UTF-8', () => {
    const dir = tempDir();
    const first = journalRig(dir);
    first.write('LOW|a||b|cut o');
    first.lines();
    first.close();
    const second = journalRig(dir);
    second.lines();
    second.intake.resume();
    second.write('LOW|c|');
    expect(second.lines()).toEqual([]);
    second.write('|d|stran');
    expect(second.lines()).toEqual([]);
    second.write('ger\nLOW|a||b|cut ag');
    expect(second.lines()).toEqual(['LOW|c||d|stranger']);
    second.close();
    const third = journalRig(dir);
    expect(third.lines()).toEqual(['LOW|c||d|stranger']);
    third.intake.resume();
    third.write(Buffer.from('LOW|c||d|\xff\nLOW|a||b|next\n', 'latin1'));
    expect(third.lines()).toEqual(['LOW|a||b|next']);
    expect(third.rejected.map(({ reason }) => reason)).toEqual(['truncated', 'bad-utf8']);
  });

  it.each([
    ['a whole line that follows stays unharmed', 'LOW|c||d|stranger\n', ['LOW|c||d|stranger']],
    ['its rest is not taken for a line', 'xxx\nLOW|a||b|next\n', ['LOW|a||b|next']],
  ])('after a line over the bound that a crash cut, %s, also after another restart', (_, bytes, lines) => {
    const dir = tempDir();
    const first = journalRig(dir);
    first.write(`LOW|a||b|${'x'.repeat(2 * maxLineBytes)}`);
    expect(first.lines()).toEqual([]);
    first.close();
    const second = journalRig(dir);
    expect(second.lines()).toEqual([]);
    second.intake.resume();
    const taken: string[] = [];
    for (let at = 0; at < bytes.length; at += 7) {
      second.write(bytes.slice(at, at + 7));
      taken.push(...second.lines());
    }
    expect(taken).toEqual(lines);
    expect(second.rejected.map(({ reason }) => reason)).toEqual(['too-long']);
    second.close();
    expect(journalRig(dir).lines()).toEqual(lines);
  });

  it('gives a line over the bound up when the pipe is empty after a restart', () => {
    const dir = tempDir();
    const first = journalRig(dir);
    first.write(`LOW|a||b|${'x'.repeat(2 * maxLineBytes)}`);
    first.lines();
    first.close();
    const second = journalRig(dir);
    second.lines();
    expect(second.intake.hasPartial()).toBe(true);
    second.intake.abandonPartial();
    expect(second.intake.hasPartial()).toBe(false);
    second.write('LOW|a||b|next\n');
    expect(second.lines()).toEqual(['LOW|a||b|next']);
    second.close();
    expect(journalRig(dir).lines()).toEqual(['LOW|a||b|next']);
  });

  it('gives a cut-off line up when the pipe is empty after a restart', () => {
    const dir = tempDir();
    const first = journalRig(dir);
    first.write('LOW|a||b|whole\nLOW|a||b|cut o');
    first.lines();
    first.close();
    const second = journalRig(dir);
    second.lines();
    expect(second.intake.hasPartial()).toBe(true);
    second.intake.abandonPartial();
    second.write('LOW|a||b|next\n');
    expect(second.lines()).toEqual(['LOW|a||b|next']);
    expect(second.rejected).toEqual([{ reason: 'truncated', sample: 'LOW|a||b|cut o' }]);
  });
});

describe('journal', () => {
  it('says when a line arrived, also after a restart', () => {
    const dir = tempDir();
    const before = Date.now();
    const first = journalRig(dir);
    first.write('LOW|a||b|one\n');
    const after = Date.now();
    first.close();
    const second = journalRig(dir);
    const at = second.journal.receivedAt(0) as number;
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(after);
  });

  it('deletes only segments whose every line is recorded, and only after the store has checkpointed', async () => {
    const rig = journalRig(tempDir(), { segmentBytes: 20_000 });
    for (let index = 0; index < 10; index += 1) {
      rig.write(`LOW|a||b|${'x'.repeat(10_000)}\n`);
      rig.lines();
    }
    const starts = rig.journal.stretches().map(({ start }) => start);
    expect(starts.length).toBeGreaterThan(3);
    rig.journal.addPending(starts[1] as number, 1);
    let checkpoints = 0;
    const checkpoint = (): Promise<void> => {
      checkpoints += 1;
      expect(rig.journal.stretches().map(({ start }) => start)).toEqual(starts);
      return Promise.resolve();
    };
    await trimJournal(rig.journal, checkpoint);
    expect(checkpoints).toBe(1);
    expect(rig.journal.stretches().map(({ start }) => start)).toEqual([starts[1], starts.at(-1)]);
    rig.journal.addPending(starts[1] as number, -1);
    await expect(
      trimJournal(rig.journal, () => Promise.reject(new Error('the store is away'))),
    ).rejects.toThrow('away');
    expect(rig.journal.stretches()).toHaveLength(2);
  });

  it('gets a new name when its segments are gone, since its positions begin anew', () => {
    const dir = tempDir();
    const first = journalRig(dir);
    const { uuid } = first.journal;
    first.close();
    for (const name of readdirSync(join(dir, 'journal'))) {
      if (name.endsWith('.log')) rmSync(join(dir, 'journal', name));
    }
    expect(journalRig(dir).journal.uuid).not.toBe(uuid);
  });

  it('lets the later segment own bytes that a crash in the middle of a roll left in both', () => {
    const dir = tempDir();
    const first = journalRig(dir, { segmentBytes: 100 });
    first.write(`LOW|a||b|${'x'.repeat(100)}\nLOW|a||b|ta`);
    first.lines();
    const [old, tail] = first.journal.stretches();
    first.close();
    appendFileSync(join(dir, 'journal', `${String(old?.start).padStart(16, '0')}.log`), 'LOW|a||b|ta');
    const second = journalRig(dir, { segmentBytes: 100 });
    expect(second.journal.stretches()[0]?.end).toBe(tail?.start);
    second.write('il\n');
    expect(second.lines()).toEqual([`LOW|a||b|${'x'.repeat(100)}`, 'LOW|a||b|tail']);
  });

  it('loses no byte between pipe and journal when it is killed again and again in the middle of a flood', async () => {
    const dir = tempDir();
    const fifo = join(dir, 'fifo');
    execFileSync('mkfifo', [fifo]);
    // The test holds the pipe, so that what nobody has read yet outlives each reader.
    const held = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
    closeAfterTest(() => closeSync(held));
    const lines = 200_000;
    const writer = spawn(process.execPath, [
      '-e',
      `const fs = require('node:fs'); const fd = fs.openSync(process.argv[1], 'w'); let block = '';
       for (let n = 0; n < ${lines}; n++) { block += 'LOW|a||b|' + n + ' ' + 'x'.repeat(n % 60) + '\\n';
         if (block.length > 3900 || n === ${lines - 1}) { fs.writeSync(fd, block); block = ''; } }`,
      fifo,
    ]);
    closeAfterTest(() => writer.kill('SIGKILL'));
    const written = once(writer, 'exit');
    const reader = new URL('../../fixtures/journal-reader.ts', import.meta.url).pathname;
    const read = (): ReturnType<typeof spawn> => {
      const child = spawn(process.execPath, ['--import', 'tsx', reader, fifo, join(dir, 'journal')], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      closeAfterTest(() => child.kill('SIGKILL'));
      return child;
    };
    for (let round = 0; round < 10; round += 1) {
      const child = read();
      // The reader prints a mark once bytes flow; a moment soon after is as random as any.
      await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), written]);
      await new Promise<void>((resolve) => setTimeout(resolve, Math.random() * 5));
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      if (writer.exitCode !== null) break;
    }
    const last = read();
    const gone = once(last, 'exit');
    await written;
    await untilPipeIsEmpty(held);
    last.kill('SIGKILL');
    await gone;
    const rig = journalRig(dir);
    const numbers = rig.lines().map((line) => Number(line.slice('LOW|a||b|'.length).split(' ')[0]));
    expect(numbers).toEqual(Array.from({ length: lines }, (_, index) => index));
    expect(rig.rejected).toEqual([]);
    // Eleven processes one after the other: on a busy machine that alone takes a minute.
  }, 240_000);

  it('takes nothing and loses nothing while the disk is full', (context) => {
    const dir = tempDir();
    const mount = join(dir, 'journal');
    try {
      execFileSync('mkdir', [mount]);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', mount], { stdio: 'ignore' });
    } catch {
      context.skip('a full disk needs the right to mount a small one');
    }
    closeAfterTest(() => execFileSync('umount', ['-l', mount]));
    const filler = join(mount, 'filler');
    const rig = journalRig(dir);
    const { bsize, bavail } = statfsSync(mount);
    appendFileSync(filler, Buffer.alloc((bavail - 2) * bsize));
    const line = `LOW|a||b|${'x'.repeat(1_000)}\n`;
    expect(() => {
      for (let index = 0; index < 200; index += 1) rig.write(line);
    }).toThrow(/ENOSPC/);
    const kept = rig.lines().length;
    rmSync(filler);
    rig.write('');
    rig.write('LOW|a||b|after\n');
    const rest = rig.lines();
    expect(rest.at(-1)).toBe('LOW|a||b|after');
    expect(kept).toBeGreaterThan(0);
    expect(new Set(rest.slice(0, -1))).toEqual(new Set(rest.length > 1 ? [line.trimEnd()] : []));
    expect(rig.rejected).toEqual([]);
  });
});

async function untilPipeIsEmpty(fd: number): Promise<void> {
  const { loadPipeFill } = await import('../../helpers/pipe-fill.ts');
  const fill = loadPipeFill();
  while (fill(fd) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}
