import { execFileSync } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { createIntake, type Intake, type RejectedLine } from '../../src/lib/journal/intake.ts';
import { type Journal, openJournal } from '../../src/lib/journal/journal.ts';
import { loadSplice } from '../../src/lib/journal/splice.ts';
import type { MailItem } from '../../src/lib/mailbox/mailbox.ts';
import { tempDir } from './temp-dir.ts';

const chunkBytes = 32 * 1024;
const closers: Array<() => void> = [];

afterEach(() => {
  for (const close of closers.splice(0).reverse()) close();
});

/** A real journal that lines come into through a real pipe. Closed after the test. */
export interface JournalRig {
  dir: string;
  journal: Journal;
  intake: Intake;
  rejected: RejectedLine[];
  /** Sends lines through the pipe and counts the accepted ones as pending; they came at `now`. */
  accept(lines: readonly string[], now?: number): MailItem[];
  close(): void;
}

/** See `JournalRig`; the same folder again is the same journal after a restart. */
export function journalRig(dir = tempDir(), { segmentBytes = 16 * 1024 * 1024 } = {}): JournalRig {
  const pipe = join(dir, 'pipe');
  if (!existsSync(pipe)) execFileSync('mkfifo', [pipe]);
  const fd = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
  const journal = openJournal({ dir: join(dir, 'journal'), splice: loadSplice(), segmentBytes });
  const rejected: RejectedLine[] = [];
  const intake = createIntake({
    journal,
    coalesces: (category) => category === 'heartbeat',
    onRejected: (line) => rejected.push(line),
    onLowered: () => undefined,
  });
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    journal.close();
    closeSync(fd);
  };
  closers.push(close);

  const takeIn = (now: number): MailItem[] => {
    const items: MailItem[] = [];
    for (let batch = intake.next(); batch !== undefined; batch = intake.next()) {
      for (let index = 0; index < batch.count; index += 1) {
        const position = batch.position[index] as number;
        journal.addPending(position, 1);
        const length = batch.length[index] as number;
        items.push({
          position,
          length,
          since: now,
          priority: batch.priority[index] as number,
          superseded: false,
        });
      }
    }
    return items;
  };

  return {
    dir,
    journal,
    intake,
    rejected,
    accept: (lines, now = Date.now()) => {
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const items: MailItem[] = [];
      for (let at = 0; at < bytes.length; at += chunkBytes) {
        writeSync(fd, bytes.subarray(at, at + chunkBytes));
        while (journal.take(fd, chunkBytes) > 0);
        items.push(...takeIn(now));
      }
      return items;
    },
    close,
  };
}
