import { mkdirSync } from 'node:fs';
import { closeSegment, createSegment, recordTime } from './segment.ts';

/** A line of a journal, without its newline, and when it arrived in epoch milliseconds. */
export interface JournalLine {
  bytes: Buffer;
  receivedAt: number;
}

/** Makes a journal's folder anew with these lines as its beginning. Whoever opens it gives it a name of its own. */
export function rebuildJournal(dir: string, lines: readonly JournalLine[]): void {
  mkdirSync(dir, { mode: 0o700 });
  if (lines.length === 0) return;
  const newline = Buffer.from('\n');
  const segment = createSegment(dir, 0, Buffer.concat(lines.flatMap(({ bytes }) => [bytes, newline])));
  let position = 0;
  for (const { bytes, receivedAt } of lines) {
    recordTime(segment, position, receivedAt);
    position += bytes.length + newline.length;
  }
  closeSegment(segment);
}
