import { isUtf8 } from 'node:buffer';
import { isOwnerSource, parseBytes } from '../wire/parse-line.ts';
import { HUMAN, type Priority, URGENT } from '../wire/priority.ts';
import { createScannedLine, maxLineBytes, type RejectionReason, scanLine } from '../wire/scan-line.ts';
import type { Journal } from './journal.ts';

/** Accepted lines by reference, as parallel arrays: a million of them wait in some 20 MB. */
export interface AcceptedBatch {
  count: number;
  position: Float64Array;
  length: Uint32Array;
  priority: Uint8Array;
  /** `source|category` of the lines whose category is coalesced, by index. */
  coalesceKeys: Map<number, string>;
}

export interface RejectedLine {
  reason: RejectionReason;
  /** The line's first 200 characters. */
  sample: string;
}

export interface IntakeDeps {
  journal: Journal;
  /** True for categories of which only the latest of a source counts. */
  coalesces: (category: string) => boolean;
  onRejected: (line: RejectedLine) => void;
  /** A line claimed HUMAN from a source that may not. */
  onLowered: (source: string) => void;
  /** Where somebody waits for a line: called with the deduplication key of each line that has one. */
  onDedupKey?: (dedupKey: string, endPosition: number) => void;
  /** Whether `onDedupKey` is worth the parsing at the moment. */
  wantsDedupKeys?: () => boolean;
}

export interface Intake {
  /** Takes what the journal got since the last call, at most `maxBytes` of it (256 KiB); undefined when there is nothing. */
  next(maxBytes?: number): AcceptedBatch | undefined;
  /** True while a line has begun but not ended. */
  hasPartial(): boolean;
  /** Gives up an unfinished line whose rest will not come: it is rejected as truncated, unless it was rejected before. */
  abandonPartial(): void;
  /** Tells that the replay is over: an unfinished line is now one whose rest may have been lost with the pipe. */
  resume(): void;
  /** Everything before this position has been looked at. */
  position(): number;
}

const chunkBytes = 256 * 1024;
const sampleCharacters = 200;
const NEWLINE = 0x0a;
const dedupMark = Buffer.from('"dedupKey"');

/**
 * Cuts the journal into lines, checks each and hands the good ones on as references. It serves the replay at start-up
 * and the live stream alike; a line may arrive in any number of pieces.
 */
export function createIntake(deps: IntakeDeps): Intake {
  const { journal } = deps;
  const chunk = Buffer.allocUnsafe(chunkBytes);
  const scanned = createScannedLine();
  let lineStart = journal.startPosition();
  let readTo = lineStart;
  /** Inside a line over the bound, of which only the end is waited for. */
  let skipping = false;
  /** Where a life began with an unfinished line: the bytes from here on may be its rest, or another writer's line. */
  let resumedAt: number | undefined;

  const reject = (reason: RejectionReason, line: Buffer): void => {
    deps.onRejected({
      reason,
      sample: line
        .subarray(0, sampleCharacters * 4)
        .toString('utf8')
        .slice(0, sampleCharacters),
    });
  };

  const accept = (
    batch: AcceptedBatch,
    line: Buffer,
    start: number,
    end: number,
    position: number,
    utf8: boolean,
  ): void => {
    const reason = scanLine(line, start, end, scanned);
    if (reason !== undefined) {
      reject(reason, line.subarray(start, end));
      return;
    }
    if (!utf8 && !isUtf8(line.subarray(start, end))) {
      reject('bad-utf8', line.subarray(start, end));
      return;
    }
    let priority: Priority = scanned.priority;
    if (priority === HUMAN) {
      const source = line.toString('latin1', scanned.sourceStart, scanned.sourceEnd);
      if (!isOwnerSource(source)) {
        priority = URGENT;
        deps.onLowered(source);
      }
    }
    const index = batch.count++;
    batch.position[index] = position;
    batch.length[index] = end - start;
    batch.priority[index] = priority;
    const category = line.toString('latin1', scanned.categoryStart, scanned.categoryEnd);
    if (deps.coalesces(category)) {
      const source = line.toString('latin1', scanned.sourceStart, scanned.sourceEnd);
      batch.coalesceKeys.set(index, `${source}|${category}`);
    }
    if (deps.wantsDedupKeys?.() === true) announceDedupKey(line, start, end, position + end - start);
  };

  const announceDedupKey = (line: Buffer, start: number, end: number, endPosition: number): void => {
    if (!line.subarray(start, end).includes(dedupMark)) return;
    const parsed = parseBytes(line, start, end);
    if (parsed.ok && parsed.event.dedupKey !== undefined)
      deps.onDedupKey?.(parsed.event.dedupKey, endPosition);
  };

  /** The line that began before this chunk and ends in it, read back whole. */
  const acceptSplit = (batch: AcceptedBatch, endPosition: number): void => {
    const length = endPosition - lineStart;
    const line = Buffer.allocUnsafe(length);
    journal.readInto(line, 0, lineStart, length);
    accept(batch, line, 0, length, lineStart, false);
  };

  /** Lets a line begin at `position`; a replay sees by the gap, a byte at least, that what came before is over. */
  const cutAt = (position: number): void => {
    rollAt(position, Math.min(lineStart, position - 1));
    lineStart = position;
    skipping = false;
  };

  const rollAt = (position: number, dropFrom?: number): void => {
    const active = journal.stretches().at(-1);
    if (active !== undefined && active.start < position) journal.roll(position, dropFrom);
  };

  /** Decides, at the first line end of a life, whether a line of its own has come instead of the unfinished one's rest. */
  const judgeResumed = (end: number): void => {
    const from = resumedAt;
    resumedAt = undefined;
    if (from === undefined || end - from > maxLineBytes) return;
    const line = Buffer.allocUnsafe(end - from);
    journal.readInto(line, 0, from, line.length);
    if (scanLine(line, 0, line.length, scanned) !== undefined) return;
    if (!skipping) rejectTruncated(from);
    cutAt(from);
  };

  const rejectTruncated = (end: number): void => {
    const line = Buffer.allocUnsafe(Math.min(end - lineStart, sampleCharacters * 4));
    journal.readInto(line, 0, lineStart, line.length);
    reject('truncated', line);
  };

  return {
    hasPartial: () => lineStart < readTo || skipping,
    position: () => readTo,

    abandonPartial() {
      resumedAt = undefined;
      if (skipping) cutAt(readTo);
      if (lineStart >= readTo) return;
      rejectTruncated(readTo);
      journal.truncate(lineStart);
      readTo = lineStart;
    },

    next(maxBytes = chunkBytes) {
      const stretch = stretchAt(journal, readTo);
      if (stretch === undefined) return undefined;
      if (stretch.start > readTo) {
        // An older segment ended in a line that never got its rest.
        readTo = stretch.start;
        lineStart = stretch.start;
        skipping = false;
      }
      const length = Math.min(maxBytes, chunkBytes, stretch.end - readTo);
      journal.readInto(chunk, 0, readTo, length);
      const base = readTo;
      const bytes = chunk.subarray(0, length);
      const batch = emptyBatch(countNewlines(bytes));
      let start = 0;
      let newline = bytes.indexOf(NEWLINE);
      if (newline !== -1) judgeResumed(base + newline);
      // One look at all whole lines is enough in the usual case; else each is looked at by itself.
      const wholeFrom = lineStart < base ? newline + 1 : 0;
      const utf8 = isUtf8(bytes.subarray(wholeFrom, bytes.lastIndexOf(NEWLINE) + 1));
      while (newline !== -1) {
        if (skipping) skipping = false;
        else if (lineStart < base) acceptSplit(batch, base + newline);
        else accept(batch, bytes, start, newline, base + start, utf8);
        start = newline + 1;
        lineStart = base + start;
        newline = bytes.indexOf(NEWLINE, start);
      }
      readTo = base + length;
      if (!skipping && readTo - lineStart > maxLineBytes) {
        const line = Buffer.allocUnsafe(sampleCharacters * 4);
        journal.readInto(line, 0, lineStart, line.length);
        reject('too-long', line);
        skipping = true;
      }
      if (skipping) lineStart = readTo;
      if (readTo === journal.endPosition() && journal.wantsRoll()) {
        // Of a line that is skipped a byte goes along, so that `cutAt` can leave a gap.
        rollAt(Math.min(lineStart, resumedAt ?? lineStart) - (skipping ? 1 : 0));
      }
      return batch;
    },

    resume() {
      resumedAt = lineStart < readTo || skipping ? readTo : undefined;
    },
  };
}

/** Counted, not guessed: room for the shortest lines possible would be 400 KiB a chunk, and its garbage 30 MiB resident. */
function countNewlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}

function emptyBatch(lines: number): AcceptedBatch {
  return {
    count: 0,
    position: new Float64Array(lines),
    length: new Uint32Array(lines),
    priority: new Uint8Array(lines),
    coalesceKeys: new Map(),
  };
}

function stretchAt(journal: Journal, position: number): { start: number; end: number } | undefined {
  return journal.stretches().find(({ end }) => end > position);
}
