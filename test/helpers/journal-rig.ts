import { execFileSync } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createIntake, type Intake } from '../../src/lib/journal/intake.ts';
import type { RejectionReason } from '../../src/lib/wire/scan-line.ts';
import { type Journal, openJournal } from '../../src/lib/journal/journal.ts';
import { loadSplice } from '../../src/lib/journal/splice.ts';
import type { MailItem } from '../../src/lib/mailbox/mailbox.ts';
import { closeAfterTest } from './closers.ts';
import { tempDir } from './temp-dir.ts';

const chunkBytes = 32 * 1024;

/** A refused line as tests compare it. */
export interface Rejected {
  reason: RejectionReason;
  sample: string;
}

/** A real journal that lines come into through a real pipe. Closed after the test. */
export interface JournalRig {
  dir: string;
  journal: Journal;
  intake: Intake;
  rejected: Rejected[];
  /** The sources of which a line was lowered. */
  lowered: string[];
  /** Writes into the pipe and takes it all into the journal. */
  write(bytes: string | Buffer): void;
  /** The accepted lines since the last call, as text. */
  lines(): string[];
  /** Sends lines through the pipe and counts the accepted ones as pending; they came at `now`. */
  accept(lines: readonly string[], now?: number): MailItem[];
  close(): void;
}

export interface JournalRigOptions {
  segmentBytes?: number;
  /** False moves the bytes by read(2) and write(2). */
  splice?: boolean;
  /** Milliseconds; default the machine's own. */
  now?: () => number;
}

/** See `JournalRig`; the same folder again is the same journal after a restart. */
export function journalRig(
  dir = tempDir(),
  { segmentBytes = 16 * 1024 * 1024, splice = true, now }: JournalRigOptions = {},
): JournalRig {
  const pipe = join(dir, 'pipe');
  if (!existsSync(pipe)) execFileSync('mkfifo', [pipe]);
  const fd = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
  const journal = openJournal({
    dir: join(dir, 'journal'),
    splice: splice ? loadSplice() : undefined,
    segmentBytes,
  });
  const rejected: Rejected[] = [];
  const lowered: string[] = [];
  const intake = createIntake({
    journal,
    coalesces: (category) => category === 'heartbeat',
    onRejected: ({ reason, sample }) => rejected.push({ reason, sample: sample() }),
    onLowered: (source) => lowered.push(source),
    ...(now !== undefined && { now }),
  });
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    journal.close();
    closeSync(fd);
  };
  closeAfterTest(close);

  const takeIn = (now: number): MailItem[] => {
    const items: MailItem[] = [];
    for (let batch = intake.next(); batch !== undefined; batch = intake.next()) {
      for (let index = 0; index < batch.count; index += 1) {
        items.push({
          position: batch.position[index] as number,
          length: batch.length[index] as number,
          since: now,
          priority: batch.priority[index] as number,
          superseded: false,
        });
      }
    }
    return items;
  };

  const write = (bytes: string | Buffer): void => {
    const data = Buffer.from(bytes);
    for (let at = 0; at < data.length; at += chunkBytes) {
      writeSync(fd, data.subarray(at, at + chunkBytes));
      while (journal.take(fd, 256 * 1024) > 0);
    }
  };

  return {
    dir,
    journal,
    intake,
    rejected,
    lowered,
    write,
    lines: () =>
      takeIn(0).map(({ position, length }) => {
        const line = Buffer.alloc(length);
        journal.readInto(line, 0, position, length);
        return line.toString();
      }),
    accept: (lines, now = Date.now()) => {
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const items: MailItem[] = [];
      for (let at = 0; at < bytes.length; at += chunkBytes) {
        write(bytes.subarray(at, at + chunkBytes));
        items.push(...takeIn(now));
      }
      for (const { position } of items) journal.addPending(position, 1);
      return items;
    },
    close,
  };
}
