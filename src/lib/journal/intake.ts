import { isUtf8 } from 'node:buffer';
import { eventKey, markOfSpool } from '../wire/event-key.ts';
import { isOwnerSource, parseBytes } from '../wire/parse-line.ts';
import { HUMAN, type Priority, URGENT } from '../wire/priority.ts';
import { sampleOf } from '../wire/sample.ts';
import {
  createScannedLine,
  maxLineBytes,
  type RejectionReason,
  scanLine,
  sourceOf,
  spoolPrefix,
} from '../wire/scan-line.ts';
import { type AcceptedBatch, createBatchBuilder } from './accepted-batch.ts';
import type { Journal } from './journal.ts';
import { beginsLikeALine, isWholeLine } from './pieces.ts';

export type { AcceptedBatch } from './accepted-batch.ts';

export interface RejectedLine {
  reason: RejectionReason;
  /** The source that it names, empty where it names none. */
  source: string;
  /** The line's first 200 characters, without secrets and control characters. To be asked for at once, or not at all. */
  sample: () => string;
}

/** A line that has begun and waits for its newline. */
export interface UnfinishedLine {
  bytes: number;
  /** Since its last byte came. */
  silentMs: number;
  /** As in a rejected line. */
  sample: string;
}

export interface IntakeDeps {
  journal: Journal;
  /** True for categories of which only the latest of a source counts. */
  coalesces: (category: string) => boolean;
  onRejected: (line: RejectedLine) => void;
  /** A line claimed HUMAN from a source that may not. */
  onLowered: (source: string) => void;
  /** Called with the key of each line that has one (see `eventKey`), or the mark of its spool file, while somebody waits for a line. */
  onDedupKey?: (keyOrMark: string, endPosition: number) => void;
  /** True while `onDedupKey` is worth the parsing. */
  wantsDedupKeys?: () => boolean;
  /** Milliseconds of a clock that never goes back. */
  now?: () => number;
}

export interface Intake {
  /**
   * Takes what the journal got since the last call, at most `maxBytes` of it (256 KiB); undefined when there is nothing.
   * Lines of which nothing comes end the turn after 5 ms: the rest is for the next call.
   */
  next(maxBytes?: number): AcceptedBatch | undefined;
  /** True while a line has begun but not ended. */
  hasPartial(): boolean;
  /** The line that has begun but not ended, where there is one. One over the bound is rejected already. */
  unfinished(): UnfinishedLine | undefined;
  /** Gives up an unfinished line whose rest will not come: it is rejected as truncated, unless it was rejected before. */
  abandonPartial(): void;
  /** Tells that the replay is over: an unfinished line is now one whose rest may have been lost with the pipe. */
  resume(): void;
  /** Everything before this position has been looked at. */
  position(): number;
}

/** A place inside an unfinished line at which another writer's may have begun. */
interface Seam {
  at: number;
  /** A life began here, or bytes came after a silence. */
  after: 'restart' | 'silence';
}

const chunkBytes = 256 * 1024;
/** A write of up to PIPE_BUF comes whole, so that a line which nobody goes on with for so long has no rest on its way. */
const silenceMs = 1_000;
/** Time that lines of which nothing comes may take of one turn of the event loop. */
const idleTurnMs = 5;
const idleLinesBetweenLooks = 256;
const maxSeams = 64;
/** More than a sample shows, so that a secret at its end is seen whole. */
const sampleBytes = 2_000;
const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const dedupMark = Buffer.from('"dedupKey"');

/**
 * Cuts the journal into lines, checks each and hands the good ones on as references. It serves the replay at start-up
 * and the live stream alike; a line may arrive in any number of pieces.
 */
export function createIntake(deps: IntakeDeps): Intake {
  const { journal, now = () => performance.now() } = deps;
  const chunk = Buffer.allocUnsafe(chunkBytes);
  const scanned = createScannedLine();
  const batch = createBatchBuilder(chunkBytes);
  let lineStart = journal.startPosition();
  let readTo = lineStart;
  /** True inside a line over the bound: only its end is waited for. */
  let skipping = false;
  let seams: Seam[] = [];
  let lastCameAt = now();

  const reject = (reason: RejectionReason, line: Buffer): void => {
    deps.onRejected({ reason, source: sourceOf(line), sample: () => sampleOf(line) });
  };

  const accept = (line: Buffer, start: number, end: number, position: number, utf8: boolean): boolean => {
    // Writers begin with a newline, so that what another has left unfinished ends before them.
    if (end === start || (end === start + 1 && line[start] === CARRIAGE_RETURN)) return false;
    const reason = scanLine(line, start, end, scanned);
    if (reason !== undefined) {
      reject(reason, line.subarray(start, end));
      return false;
    }
    if (!utf8 && !isUtf8(line.subarray(start, end))) {
      reject('bad-utf8', line.subarray(start, end));
      return false;
    }
    let priority: Priority = scanned.priority;
    if (priority === HUMAN) {
      const source = line.toString('latin1', scanned.sourceStart, scanned.sourceEnd);
      if (!isOwnerSource(source)) {
        priority = URGENT;
        deps.onLowered(source);
      }
    }
    const category = line.toString('latin1', scanned.categoryStart, scanned.categoryEnd);
    const source = (): string => line.toString('latin1', scanned.sourceStart, scanned.sourceEnd);
    const coalesceKey = deps.coalesces(category) ? `${source()}|${category}` : undefined;
    batch.add(position, end - start, priority, coalesceKey);
    if (deps.wantsDedupKeys?.() === true) announceDedupKey(line, start, end, position + end - start);
    return true;
  };

  const announceDedupKey = (line: Buffer, start: number, end: number, endPosition: number): void => {
    const bytes = line.subarray(start, end);
    if (!bytes.includes(dedupMark) && !bytes.includes(spoolPrefix)) return;
    const parsed = parseBytes(line, start, end);
    if (!parsed.ok) return;
    const { source, dedupKey, spool } = parsed.event;
    const key = dedupKey === undefined ? markOfSpool(spool ?? '') : eventKey(source, dedupKey);
    if (key !== undefined) deps.onDedupKey?.(key, endPosition);
  };

  /** The bytes `[from, to)` of the journal, read back. */
  const readBack = (from: number, to: number): Buffer => {
    const bytes = Buffer.allocUnsafe(to - from);
    journal.readInto(bytes, 0, from, bytes.length);
    return bytes;
  };

  /** Takes the line that began before this chunk and ends in it. */
  const acceptSplit = (end: number): boolean => {
    const line = readBack(lineStart, end);
    return accept(line, 0, line.length, lineStart, false);
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

  /** Decides at the end of a line whether another writer's began inside it. Returns true where one was cut off. */
  const judgeSeams = (end: number, following: Buffer): boolean => {
    const place = seams.findIndex(
      (seam, index) =>
        end - seam.at <= maxLineBytes && beginsOwnLine(seam, seams[index + 1]?.at ?? end, following),
    );
    const seam = seams[place];
    if (seam !== undefined) endLineAt(seam);
    seams = seam === undefined ? [] : seams.slice(place + 1);
    return seam !== undefined;
  };

  /** Ends the unfinished line where another begins: taken where it is whole, else rejected with its words. */
  const endLineAt = ({ at, after }: Seam): void => {
    const piece = skipping ? undefined : readBack(lineStart, at);
    const position = lineStart;
    if (piece !== undefined && after === 'silence' && isWholeLine(piece)) {
      journal.insertNewline(at);
      seams.forEach((seam) => (seam.at += 1));
      accept(piece, 0, piece.length, position, true);
      lineStart = at + 1;
    } else {
      cutAt(at);
      if (piece !== undefined) reject('truncated', piece.subarray(0, sampleBytes));
    }
    readTo = lineStart;
  };

  const beginsOwnLine = ({ at, after }: Seam, end: number, following: Buffer): boolean => {
    const piece = readBack(at, end);
    if (beginsLikeALine(piece)) return true;
    // A newline that a writer begins with, and not the one that a crash has kept from the unfinished line.
    const isEmpty = piece.length === 0 || (piece.length === 1 && piece[0] === CARRIAGE_RETURN);
    return after === 'restart' && isEmpty && following.length > 0 && beginsLikeALine(following);
  };

  /** Notes where bytes come after a silence in the middle of a line. */
  const noteSilence = (): void => {
    const at = now();
    const isUnfinished = lineStart < readTo || skipping;
    const isNew = seams.at(-1)?.at !== readTo;
    if (isUnfinished && isNew && at - lastCameAt >= silenceMs) seams.push({ at: readTo, after: 'silence' });
    lastCameAt = at;
    seams = seams.filter((seam) => readTo - seam.at <= maxLineBytes).slice(-maxSeams);
  };

  /** Takes the lines that end in the chunk. Returns where it stopped: behind the last newline, or earlier where time was up. */
  const takeLines = (bytes: Buffer, base: number, firstNewline: number): number => {
    const beganAt = performance.now();
    // One look at all whole lines is enough in the usual case; else each is looked at by itself.
    const wholeFrom = lineStart < base ? firstNewline + 1 : 0;
    const utf8 = isUtf8(bytes.subarray(wholeFrom, bytes.lastIndexOf(NEWLINE) + 1));
    let idle = 0;
    let start = 0;
    for (let newline = firstNewline; newline !== -1; newline = bytes.indexOf(NEWLINE, start)) {
      let isTaken = false;
      if (skipping) skipping = false;
      else if (lineStart < base) isTaken = acceptSplit(base + newline);
      else isTaken = accept(bytes, start, newline, base + start, utf8);
      start = newline + 1;
      lineStart = base + start;
      if (isTaken) continue;
      idle += 1;
      if (idle % idleLinesBetweenLooks === 0 && performance.now() - beganAt > idleTurnMs) return start;
    }
    return bytes.length;
  };

  const rejectTooLong = (): void => {
    if (!skipping && readTo - lineStart > maxLineBytes) {
      reject('too-long', readBack(lineStart, lineStart + sampleBytes));
      skipping = true;
    }
    if (skipping) lineStart = readTo;
  };

  return {
    hasPartial: () => lineStart < readTo || skipping,
    position: () => readTo,

    unfinished() {
      if (lineStart >= readTo) return undefined;
      const sample = sampleOf(readBack(lineStart, Math.min(readTo, lineStart + sampleBytes)));
      return { bytes: readTo - lineStart, silentMs: Math.round(now() - lastCameAt), sample };
    },

    abandonPartial() {
      seams = [];
      if (skipping) cutAt(readTo);
      if (lineStart >= readTo) return;
      reject('truncated', readBack(lineStart, Math.min(readTo, lineStart + sampleBytes)));
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
      noteSilence();
      const length = Math.min(maxBytes, chunkBytes, stretch.end - readTo);
      journal.readInto(chunk, 0, readTo, length);
      const base = readTo;
      const bytes = chunk.subarray(0, length);
      const newline = bytes.indexOf(NEWLINE);
      if (newline !== -1 && judgeSeams(base + newline, lineAfter(bytes, newline))) return batch.finish(true);
      readTo = base + (newline === -1 ? length : takeLines(bytes, base, newline));
      rejectTooLong();
      if (readTo === journal.endPosition() && journal.wantsRoll()) {
        // One byte of a skipped line goes along, so that `cutAt` can leave a gap.
        rollAt(Math.min(lineStart, seams[0]?.at ?? lineStart) - (skipping ? 1 : 0));
      }
      return batch.finish(readTo < journal.endPosition());
    },

    resume() {
      seams = lineStart < readTo || skipping ? [{ at: readTo, after: 'restart' }] : [];
    },
  };
}

/** The line that begins behind a newline, as far as it has come. */
function lineAfter(bytes: Buffer, newline: number): Buffer {
  const end = bytes.indexOf(NEWLINE, newline + 1);
  return bytes.subarray(newline + 1, end === -1 ? bytes.length : end);
}

function stretchAt(journal: Journal, position: number): { start: number; end: number } | undefined {
  return journal.stretches().find(({ end }) => end > position);
}
