import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createActor, toPromise, waitFor } from 'xstate';
import { createFifoReader } from '../../../actors/events/fifo-reader.ts';
import { createIntake, type Intake } from '../../../src/lib/journal/intake.ts';
import { type Journal, openJournal } from '../../../src/lib/journal/journal.ts';
import { loadSplice } from '../../../src/lib/journal/splice.ts';
import { acceptedBatch } from '../../helpers/accepted-batch.ts';
import { closeAfterTest } from '../../helpers/closers.ts';
import { startReader } from '../../helpers/fifo-reader.ts';
import { metricLines, openWriter, textOf, writeBytes, writeLines } from '../../helpers/pipe.ts';
import { leakGuard } from '../../helpers/leak-guard.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { eventually } from '../../helpers/eventually.ts';

leakGuard();

/** Descriptors of this process that lead to this path, removed ones included. */
function descriptorsOf(path: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(path);
    } catch {
      return false;
    }
  }).length;
}

describe('the reader of a real pipe', () => {
  it('makes the pipe and hands on what comes, keeping it in the journal', async () => {
    const { fifo, journal, lines, seen, reading } = startReader();
    await reading();
    expect(statSync(fifo).mode & 0o777).toBe(0o600);
    writeBytes(fifo, 'LOW|a||metric|one\nHIGH|a||metric|two\n');
    writeBytes(fifo, 'LOW|a||metric|three\n');
    await seen(['LOW|a||metric|one', 'HIGH|a||metric|two', 'LOW|a||metric|three']);
    expect(journal.pendingLines()).toBe(3);
    const kept = Buffer.alloc(journal.endPosition());
    journal.readInto(kept, 0, 0, kept.length);
    expect(kept.toString()).toBe(textOf(lines));
  });

  it('takes what was in the pipe before it started', async () => {
    const dir = tempDir();
    const fifo = join(dir, 'events.fifo');
    execFileSync('mkfifo', [fifo]);
    const held = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
    closeAfterTest(() => closeSync(held));
    writeSync(held, textOf(metricLines(0, 3)));
    await startReader({ dir }).seen(metricLines(0, 3));
  });

  it('loses nothing of a flood from several processes, and lets others have their turn meanwhile', async () => {
    const { fifo, lines, reading } = startReader();
    await reading();
    const count = 40_000;
    const script = `const fs = require('node:fs'); const fd = fs.openSync(process.argv[1], 'w'); let block = '';
      for (let n = 0; n < ${count}; n++) { block += 'LOW|' + process.argv[2] + '||metric|' + n + '\\n';
        if (block.length > 3900 || n === ${count - 1}) { fs.writeSync(fd, block); block = ''; } }`;
    const writers = ['w0', 'w1', 'w2'].map((name) => {
      const child = spawn(process.execPath, ['-e', script, fifo, name], { stdio: 'ignore' });
      closeAfterTest(() => child.kill('SIGKILL'));
      return once(child, 'exit');
    });
    expect((await Promise.all(writers)).map(([code]) => code as number)).toEqual([0, 0, 0]);
    await vi.waitFor(() => expect(lines.length).toBe(3 * count), { timeout: 20_000 });
    for (const name of ['w0', 'w1', 'w2']) {
      const own = lines.filter((line) => line.startsWith(`LOW|${name}|`));
      expect(own.map((line) => Number(line.split('|')[4]))).toEqual(
        Array.from({ length: count }, (_, index) => index),
      );
    }
  });

  it('takes one chunk a turn of the event loop, however many wake it', async () => {
    const fifo = join(tempDir(), 'events.fifo');
    let takes = 0;
    // A pipe that is never empty.
    const { openPipe, readPipe, closePipe } = createFifoReader({
      fifoPath: fifo,
      journal: {
        take: () => (takes += 1),
        sizeBytes: () => 0,
        endPosition: () => Infinity,
        sync: () => Promise.resolve(),
        syncedPosition: () => 0,
      } as unknown as Journal,
      intake: { next: () => acceptedBatch([]), hasPartial: () => false } as unknown as Intake,
      maxJournalBytes: 1,
      onSynced: () => undefined,
      onMovedAside: () => undefined,
    });
    const opened = await toPromise(createActor(openPipe).start());
    const pipe = createActor(readPipe, { input: { fifo: opened, paused: false } }).start();
    for (let wake = 0; wake < 50; wake += 1) pipe.send({ type: 'pipe.resume' });
    takes = 0;
    const turns = 20;
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    pipe.stop();
    await toPromise(createActor(closePipe, { input: { fifo: opened } }).start());
    expect(takes).toBeGreaterThan(turns / 2);
    expect(takes).toBeLessThanOrEqual(turns + 1);
  });

  it('announces a watched line when it is on the disk', async () => {
    const { fifo, accepted, acceptance, reading } = startReader();
    await reading();
    acceptance.watch('a/k1');
    writeBytes(fifo, 'LOW|a||metric|{"dedupKey":"k0"}\nLOW|a||metric|{"dedupKey":"k1"}\n');
    await eventually(() => expect(accepted).toEqual(['a/k1']));
  });

  it('reads nothing while it is held, and all of it afterwards', async () => {
    const { actor, fifo, journal, seen, reading, looks } = startReader();
    await reading();
    writeLines(fifo, metricLines(0, 1));
    await seen(metricLines(0, 1));
    const before = journal.endPosition();
    actor.send({ type: 'reader.pause' });
    writeLines(fifo, metricLines(1, 2));
    // Each of its regular looks would have read.
    const taken = looks();
    await eventually(() => expect(looks()).toBeGreaterThan(taken + 2));
    expect(journal.endPosition()).toBe(before);
    actor.send({ type: 'reader.resume' });
    await seen(metricLines(0, 3));
  });

  it('stops reading at the bound of the journal, says why, and goes on when there is room', async () => {
    const dir = tempDir();
    let isFull = false;
    const bounded = (journal: Journal): Journal => ({ ...journal, sizeBytes: () => (isFull ? 1_000 : 0) });
    const { fifo, stuck, seen, until, reading, lines } = startReader({
      dir,
      maxJournalBytes: 1_000,
      around: bounded,
    });
    await reading();
    isFull = true;
    writeLines(fifo, metricLines(0, 3));
    await until('stuck');
    expect(lines).toEqual([]);
    expect(stuck[0]).toBe('the journal has reached its 1000 bytes; it goes on once events are recorded');
    expect(descriptorsOf(fifo)).toBe(1);
    isFull = false;
    await seen(metricLines(0, 3));
    expect(descriptorsOf(fifo)).toBe(1);
  });

  it('is stuck while the disk refuses to flush, and then goes on', async () => {
    let broken = false;
    const flaky = (journal: Journal): Journal => ({
      ...journal,
      sync: () => (broken ? Promise.reject(new Error('EIO: i/o error, fdatasync')) : journal.sync()),
    });
    const { fifo, stuck, seen, until, reading } = startReader({ around: flaky });
    await reading();
    broken = true;
    writeLines(fifo, metricLines(0, 2));
    await until('stuck');
    expect(stuck).toContain('EIO: i/o error, fdatasync');
    broken = false;
    writeLines(fifo, metricLines(2, 2));
    await seen(metricLines(0, 4));
  });
});

describe('the reader of a pipe that is tampered with', () => {
  it('makes it anew when it is removed, delivers what was still in it, and leaks no descriptor', async () => {
    const { actor, fifo, seen, reading, replaced } = startReader();
    await reading();
    writeLines(fifo, metricLines(0, 1));
    await seen(metricLines(0, 1));
    actor.send({ type: 'reader.pause' });
    writeLines(fifo, metricLines(1, 5));
    unlinkSync(fifo);
    await eventually(() => expect(statSync(fifo).isFIFO()).toBe(true));
    await reading();
    actor.send({ type: 'reader.resume' });
    writeLines(fifo, metricLines(6, 2));
    await seen(metricLines(0, 8));
    expect(replaced()).toBe(1);
    expect(descriptorsOf(fifo)).toBe(1);
  });

  it('never glues a line that was cut off by the removal to a line of the next pipe', async () => {
    const { fifo, journal, rejected, seen, reading } = startReader();
    await reading();
    const writer = openWriter(fifo);
    writer.write('LOW|a||metric|0\nLOW|a||metric|cut o');
    await seen(metricLines(0, 1));
    await eventually(() => expect(journal.endPosition()).toBe('LOW|a||metric|0\nLOW|a||metric|cut o'.length));
    unlinkSync(fifo);
    await eventually(() => expect(statSync(fifo).isFIFO()).toBe(true));
    await reading();
    writeLines(fifo, metricLines(1, 2));
    await seen(metricLines(0, 3));
    expect(rejected).toEqual([{ reason: 'truncated', sample: 'LOW|a||metric|cut o' }]);
  });

  it('moves the pipe of another user aside that took its place', async (context) => {
    if (process.getuid?.() !== 0) context.skip('only root can give a file away');
    const { fifo, aside, seen, reading } = startReader();
    await reading();
    execFileSync('mkfifo', [`${fifo}-theirs`]);
    chownSync(`${fifo}-theirs`, 65_534, 65_534);
    renameSync(`${fifo}-theirs`, fifo);
    await vi.waitFor(() => expect(aside).toHaveLength(1), { timeout: 20_000 });
    await vi.waitFor(() => expect(statSync(fifo).uid).toBe(0), { timeout: 20_000 });
    await reading();
    writeBytes(fifo, 'LOW|a||metric|ours\n');
    await seen(['LOW|a||metric|ours']);
    expect(statSync(aside[0] ?? '').uid).toBe(65_534);
  });

  it('is made anew when it was given to another user', async (context) => {
    if (process.getuid?.() !== 0) context.skip('only root can give a file away');
    const { fifo, aside, seen, reading } = startReader();
    await reading();
    chownSync(fifo, 65_534, 65_534);
    await vi.waitFor(() => expect(aside).toHaveLength(1), { timeout: 20_000 });
    await vi.waitFor(() => expect(statSync(fifo).uid).toBe(0), { timeout: 20_000 });
    await reading();
    writeBytes(fifo, 'LOW|a||metric|ours\n');
    await seen(['LOW|a||metric|ours']);
  });

  it.each([0o666, 0o620, 0o000])(
    'is private again soon after its mode became %o, which is told',
    async (mode) => {
      const { fifo, madePrivate, seen, reading } = startReader();
      await reading();
      chmodSync(fifo, mode);
      await vi.waitFor(() => expect(madePrivate).toEqual([mode]), { timeout: 20_000 });
      expect(statSync(fifo).mode & 0o777).toBe(0o600);
      writeBytes(fifo, 'LOW|a||metric|still read\n');
      await seen(['LOW|a||metric|still read']);
    },
  );

  it('moves a file aside that took its place', async () => {
    const { fifo, aside, seen, reading } = startReader();
    await reading();
    renameSync(fifo, `${fifo}.old`);
    writeFileSync(fifo, 'written by echo\n');
    await vi.waitFor(() => expect(statSync(fifo).isFIFO()).toBe(true), { timeout: 10_000 });
    await reading();
    expect(aside).toHaveLength(1);
    expect(readFileSync(aside[0] ?? '', 'utf8')).toBe('written by echo\n');
    writeLines(fifo, metricLines(0, 1));
    await seen(metricLines(0, 1));
  });

  it('waits while the folder is gone, and reads on when it is back', async () => {
    const dir = join(tempDir(), 'home');
    mkdirSync(dir);
    const { fifo, seen, until, reading, stuck } = startReader({ dir });
    await reading();
    renameSync(dir, `${dir}-away`);
    await until('stuck');
    expect(stuck[0]).toContain('mkfifo');
    renameSync(`${dir}-away`, dir);
    await reading();
    writeLines(fifo, metricLines(0, 1));
    await seen(metricLines(0, 1));
  });
});

describe('the end of a reader', () => {
  it('delivers what is still in the pipe, held back too, has it on the disk, and closes the pipe', async () => {
    const { actor, fifo, journal, lines, reading } = startReader();
    await reading();
    actor.send({ type: 'reader.pause' });
    writeLines(fifo, metricLines(0, 4));
    actor.send({ type: 'child.stop' });
    await waitFor(actor, ({ status }) => status === 'done');
    expect(lines).toEqual(metricLines(0, 4));
    expect(journal.syncedPosition()).toBe(journal.endPosition());
    expect(descriptorsOf(fifo)).toBe(0);
    expect(statSync(fifo).isFIFO()).toBe(true);
  });

  it('keeps a line whose writer is in the middle of it, for the next start to join with its rest', async () => {
    const first = startReader();
    await first.reading();
    // The test holds the pipe, so that the writer can go on while nobody reads.
    const held = openSync(first.fifo, constants.O_RDWR | constants.O_NONBLOCK);
    closeAfterTest(() => closeSync(held));
    writeSync(held, 'LOW|a||metric|0\nLOW|a||metric|cut o');
    await first.seen(metricLines(0, 1));
    await first.stop();
    expect(first.rejected).toEqual([]);
    writeSync(held, 'ff here\n');
    const second = startReader({ dir: first.dir });
    await second.seen(['LOW|a||metric|cut off here']);
    expect(second.rejected).toEqual([]);
  });

  it('gives a cut-off line up where the pipe is empty at the next start', async () => {
    const first = startReader();
    await first.reading();
    writeBytes(first.fifo, 'LOW|a||metric|cut o');
    await eventually(() => expect(first.journal.endPosition()).toBe('LOW|a||metric|cut o'.length));
    await first.stop();
    const second = startReader({ dir: first.dir });
    await eventually(() =>
      expect(second.rejected).toEqual([{ reason: 'truncated', sample: 'LOW|a||metric|cut o' }]),
    );
    writeBytes(second.fifo, textOf(metricLines(0, 1)));
    await second.seen(metricLines(0, 1));
  });

  it('comes although a writer never stops', async () => {
    const { actor, fifo, lines, reading } = startReader();
    await reading();
    const flood = spawn('sh', ['-c', `yes 'LOW|a||metric|again' > "$0"`, fifo], {
      stdio: 'ignore',
      detached: true,
    });
    const gone = once(flood, 'exit');
    closeAfterTest(async () => {
      if (flood.pid !== undefined && flood.exitCode === null) process.kill(-flood.pid, 'SIGKILL');
      await gone;
    });
    await eventually(() => expect(lines.length).toBeGreaterThan(1_000));
    actor.send({ type: 'child.stop' });
    await waitFor(actor, ({ status }) => status === 'done', { timeout: 20_000 });
    expect(descriptorsOf(fifo)).toBe(0);
  });
});

it('holds one end of the pipe however often the reader crashes, and loses nothing that was written meanwhile', async () => {
  const dir = tempDir();
  const fifo = join(dir, 'events.fifo');
  const journal = openJournal({ dir: join(dir, 'journal'), splice: loadSplice() });
  closeAfterTest(() => journal.close());
  const intake = createIntake({
    journal,
    coalesces: () => false,
    onRejected: () => undefined,
    onLowered: () => undefined,
  });
  const { openPipe, closePipe } = createFifoReader({
    fifoPath: fifo,
    journal,
    intake,
    maxJournalBytes: 1e9,
    onSynced: () => undefined,
    onMovedAside: () => undefined,
  });
  const open = () => toPromise(createActor(openPipe).start());
  const endsHeld = () =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === fifo;
      } catch {
        return false;
      }
    }).length;
  const first = await open();
  writeSync(first.fd, 'LOW|a||note|kept\n');
  await open();
  const last = await open();
  expect(endsHeld()).toBe(1);
  const batches = await toPromise(createActor(closePipe, { input: { fifo: last } }).start());
  expect(batches.map(({ count }) => count)).toEqual([1]);
  expect(endsHeld()).toBe(0);
});
