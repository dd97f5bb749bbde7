import { closeSync, fdatasync, fsync, mkdirSync, openSync, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { syncedChannel } from '../diagnostics.ts';
import { createCopy } from './copy.ts';
import { describeGap, findGaps, forgetGaps, noteGap } from './gaps.ts';
import { identify } from './identify.ts';
import {
  closeSegment,
  createSegment,
  insertByte,
  listSegmentStarts,
  recordTime,
  openSegment,
  removeSegment,
  type Segment,
  truncateSegment,
} from './segment.ts';
import type { Splice } from './splice.ts';

/**
 * The append-only record of every byte that was read from the pipe: it makes "read" mean "kept". Positions are bytes
 * since the journal's beginning and never go back for a line that was accepted.
 */
export interface Journal {
  /** Names this journal for ever; a new one is made with an empty folder. */
  readonly uuid: string;
  /** The first position that is still kept. */
  startPosition(): number;
  /** The position after the last byte. */
  endPosition(): number;
  /** Everything before this position is on disk. */
  syncedPosition(): number;
  /** Bytes kept in all segments. */
  sizeBytes(): number;
  /**
   * Moves up to `maxBytes` out of a non-blocking pipe. Returns how many came, 0 where the pipe is empty.
   * Throws an `ErrnoException` (ENOSPC, EIO, …) where the disk takes nothing; no byte is lost then.
   */
  take(pipeFd: number, maxBytes: number): number;
  /** Reads `length` bytes from `position` on into `target` at `offset`. Throws a `RangeError` for bytes that are not kept. */
  readInto(target: Buffer, offset: number, position: number, length: number): void;
  /** The kept stretches of the stream in order; each begins at a line. */
  stretches(): Array<{ start: number; end: number }>;
  /** Flushes what has come so far to the disk; calls made meanwhile share the next flush. */
  sync(): Promise<void>;
  /** Arrival of the byte at `position`, epoch milliseconds to about a second. */
  receivedAt(position: number): number | undefined;
  /** Counts `lines` more (or with a negative number fewer) lines of the segment around `position` as not yet recorded. */
  addPending(position: number, lines: number): void;
  /** Lines that are not yet recorded. */
  pendingLines(): number;
  /**
   * Ends the line before `position` with a newline that did not come; what follows it moves on by a byte. Nothing from
   * there on may have been accepted. Throws where the disk takes nothing; nothing has changed then.
   */
  insertNewline(position: number): void;
  /** Forgets the bytes from `position` on, which must not have been accepted. */
  truncate(position: number): void;
  /** Begins a new segment at the line that starts at `position`, moving what follows it and forgetting `[dropFrom, position)`. */
  roll(position: number, dropFrom?: number): void;
  /** True when the segment in use has reached its size. */
  wantsRoll(): boolean;
  /** Begins a new segment where everything in the one in use is recorded and its size is worth it (1 MiB). */
  sealRecorded(): void;
  /** Positions of the segments, but the one in use, that hold nothing unrecorded. */
  finishedSegments(): number[];
  /** Deletes the segments that begin at these positions; call `sync` first, so that no flush holds them. */
  remove(starts: readonly number[]): void;
  close(): void;
}

export interface JournalOptions {
  dir: string;
  /** Size after which a new segment begins; default 16 MiB. */
  segmentBytes?: number;
  /** splice(2), where the system has it; without it bytes pass through this process. */
  splice?: Splice | undefined;
  /** Told in a sentence of what is wrong with the files. */
  onProblem?: (problem: string) => void;
  /** Epoch milliseconds. */
  now?: () => number;
}

const MIB = 1024 * 1024;
const worthRollingBytes = MIB;
const NEWLINE = 0x0a;
const fdatasyncAsync = promisify(fdatasync);
const fsyncAsync = promisify(fsync);

/**
 * Opens the journal of a folder, making it where there is none. Throws `NinjadError` NOT_A_FILE where something else is in the
 * place of one of its files.
 */
export function openJournal({
  dir,
  segmentBytes = 16 * MIB,
  splice,
  onProblem = () => undefined,
  now = Date.now,
}: JournalOptions): Journal {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const starts = listSegmentStarts(dir);
  const segments = starts.map((start) => openSegment(dir, start, onProblem));
  const last = segments.at(-1);
  const uuid = identify(dir, {
    hasSegments: last !== undefined,
    endPosition: last === undefined ? 0 : endOf(last),
    onProblem,
  });
  dropOverlaps(segments);
  for (const gap of findGaps(dir)) onProblem(describeGap(gap));
  if (segments.length === 0) segments.push(openSegment(dir, 0));
  const dirFd = openSync(dir, 'r');
  const copy = createCopy();

  let active = segments.at(-1) as Segment;
  let synced = endOf(active);
  /** How far the flush under way reaches. */
  let flushTarget = synced;
  let unsynced = new Set<Segment>();
  let dirIsUnsynced = true;
  let pending = 0;
  let running: Promise<void> | undefined;
  let queued: Promise<void> | undefined;

  const segmentAt = (position: number): Segment | undefined => {
    if (position >= active.start) return active;
    return segments.findLast((segment) => segment.start <= position);
  };

  /** Bytes from here on have changed; a flush under way may have missed that. */
  const unsync = (position: number): void => {
    synced = Math.min(synced, position);
    flushTarget = Math.min(flushTarget, position);
  };

  const flush = async (): Promise<void> => {
    flushTarget = endOf(active);
    if (dirIsUnsynced) {
      dirIsUnsynced = false;
      await fsyncAsync(dirFd);
    }
    const sealed = unsynced;
    unsynced = new Set();
    for (const segment of sealed) if (segments.includes(segment)) await fdatasyncAsync(segment.fd);
    await fdatasyncAsync(active.fd);
    synced = Math.max(synced, flushTarget);
    syncedChannel.publish(synced);
  };

  return {
    uuid,
    startPosition: () => (segments[0] as Segment).start,
    endPosition: () => endOf(active),
    syncedPosition: () => synced,
    sizeBytes: () => segments.reduce((sum, segment) => sum + segment.size, 0),

    take(pipeFd, maxBytes) {
      const moved =
        splice === undefined
          ? copy(pipeFd, active, maxBytes)
          : splice(pipeFd, active.fd, active.size, maxBytes);
      if (moved === 0) return 0;
      const position = endOf(active);
      active.size += moved;
      recordTime(active, position, now());
      return moved;
    },

    readInto(target, offset, position, length) {
      let done = 0;
      while (done < length) {
        const at = position + done;
        const segment = segmentAt(at);
        const wanted = segment === undefined ? 0 : Math.min(length - done, endOf(segment) - at);
        if (segment === undefined || wanted <= 0) {
          throw new RangeError(`the journal does not keep bytes ${at} to ${position + length}`);
        }
        const got = readSync(segment.fd, target, offset + done, wanted, at - segment.start);
        if (got === 0) throw new RangeError(`the journal segment ${segment.path} is shorter than it was`);
        done += got;
      }
    },

    stretches: () => segments.map((segment) => ({ start: segment.start, end: endOf(segment) })),

    async sync() {
      if (running === undefined) {
        running = flush().finally(() => {
          running = undefined;
        });
        return running;
      }
      // Bytes that came since the running flush began need another one; everybody who asks meanwhile shares it.
      queued ??= running
        .catch(() => undefined)
        .then(() => {
          queued = undefined;
          return this.sync();
        });
      return queued;
    },

    receivedAt(position) {
      const segment = segmentAt(position);
      return segment?.times.findLast((time) => time.position <= position)?.at;
    },

    addPending(position, lines) {
      const segment = segmentAt(position);
      if (segment === undefined) throw new RangeError(`the journal has no segment around ${position}`);
      segment.pending += lines;
      pending += lines;
    },
    pendingLines: () => pending,

    insertNewline(position) {
      const tail = Buffer.alloc(endOf(active) - position);
      this.readInto(tail, 0, position, tail.length);
      insertByte(active, position, NEWLINE, tail);
      unsync(position);
    },
    truncate(position) {
      truncateSegment(active, position);
      unsync(position);
    },

    wantsRoll: () => active.size >= segmentBytes,
    roll(position, dropFrom = position) {
      const old = active;
      const tail = Buffer.alloc(endOf(old) - position);
      this.readInto(tail, 0, position, tail.length);
      active = createSegment(dir, position, tail);
      segments.push(active);
      dirIsUnsynced = true;
      recordTime(active, position, now());
      if (dropFrom < position) noteGap(dir, { from: dropFrom, to: position });
      truncateSegment(old, dropFrom);
      unsynced.add(old);
      unsync(position);
    },

    sealRecorded() {
      const worthIt = active.pending === 0 && active.size >= worthRollingBytes;
      // Only between lines: an unfinished line has to stay in the segment in use.
      if (worthIt && endsALine(active)) this.roll(endOf(active));
    },
    finishedSegments: () =>
      segments.filter((segment) => segment !== active && segment.pending === 0).map(({ start }) => start),
    remove(positions) {
      for (const segment of segments.filter(({ start }) => positions.includes(start))) {
        if (segment === active || segment.pending > 0) continue;
        if (segment !== segments[0]) noteGap(dir, { from: segment.start, to: endOf(segment) });
        segments.splice(segments.indexOf(segment), 1);
        unsynced.delete(segment);
        removeSegment(segment);
      }
      forgetGaps(dir, (segments[0] as Segment).start);
    },

    close() {
      for (const segment of segments) closeSegment(segment);
      closeSync(dirFd);
    },
  };
}

function endOf(segment: Segment): number {
  return segment.start + segment.size;
}

/** A crash in the middle of `roll` leaves the moved bytes in both segments: the later one owns them. */
function dropOverlaps(segments: readonly Segment[]): void {
  segments.forEach((segment, index) => {
    const next = segments[index + 1];
    if (next !== undefined && endOf(segment) > next.start) truncateSegment(segment, next.start);
  });
}

function endsALine(segment: Segment): boolean {
  if (segment.size === 0) return true;
  const last = Buffer.alloc(1);
  readSync(segment.fd, last, 0, 1, segment.size - 1);
  return last[0] === NEWLINE;
}
