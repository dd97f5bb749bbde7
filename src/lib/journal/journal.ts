import { closeSync, fdatasync, fsync, mkdirSync, openSync, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { syncedChannel } from '../diagnostics.ts';
import { createCopy } from './copy.ts';
import { identify } from './identify.ts';
import {
  closeSegment,
  createSegment,
  listSegmentStarts,
  noteTime,
  openSegment,
  removeSegment,
  type Segment,
  truncateSegment,
} from './segment.ts';
import type { Splice } from './splice.ts';

/**
 * The append-only record of every byte that was read from the pipe, which is what makes "read" mean "kept".
 * Positions are bytes since the journal's beginning and never go back for a line that was accepted.
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
  /** When the byte at `position` arrived, epoch milliseconds to about a second. */
  receivedAt(position: number): number | undefined;
  /** Counts `lines` more (or with a negative number fewer) lines of the segment around `position` as not yet recorded. */
  addPending(position: number, lines: number): void;
  /** Lines that are not yet recorded. */
  pendingLines(): number;
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
  /** Epoch milliseconds. */
  now?: () => number;
}

const MIB = 1024 * 1024;
const worthRollingBytes = MIB;
const fdatasyncAsync = promisify(fdatasync);
const fsyncAsync = promisify(fsync);

/** Opens the journal of a folder, making it where there is none. */
export function openJournal({
  dir,
  segmentBytes = 16 * MIB,
  splice,
  now = Date.now,
}: JournalOptions): Journal {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const starts = listSegmentStarts(dir);
  const uuid = identify(dir, starts.length > 0);
  const segments = starts.map((start) => openSegment(dir, start));
  dropOverlaps(segments);
  if (segments.length === 0) segments.push(openSegment(dir, 0));
  const dirFd = openSync(dir, 'r');
  const copy = createCopy();

  let active = segments.at(-1) as Segment;
  let synced = endOf(active);
  let unsynced = new Set<Segment>();
  let dirIsUnsynced = true;
  let pending = 0;
  let running: Promise<void> | undefined;
  let queued: Promise<void> | undefined;

  const segmentAt = (position: number): Segment | undefined => {
    if (position >= active.start) return active;
    return segments.findLast((segment) => segment.start <= position);
  };

  const flush = async (): Promise<void> => {
    const target = endOf(active);
    if (dirIsUnsynced) {
      dirIsUnsynced = false;
      await fsyncAsync(dirFd);
    }
    const sealed = unsynced;
    unsynced = new Set();
    for (const segment of sealed) if (segments.includes(segment)) await fdatasyncAsync(segment.fd);
    await fdatasyncAsync(active.fd);
    synced = Math.max(synced, target);
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
      noteTime(active, position, now());
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
      // What came since the running flush began needs another one; everybody who asks meanwhile shares it.
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

    truncate(position) {
      truncateSegment(active, position);
      synced = Math.min(synced, position);
    },

    wantsRoll: () => active.size >= segmentBytes,
    roll(position, dropFrom = position) {
      const old = active;
      const tail = Buffer.alloc(endOf(old) - position);
      this.readInto(tail, 0, position, tail.length);
      active = createSegment(dir, position, tail);
      segments.push(active);
      dirIsUnsynced = true;
      noteTime(active, position, now());
      truncateSegment(old, dropFrom);
      unsynced.add(old);
      synced = Math.min(synced, position);
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
        segments.splice(segments.indexOf(segment), 1);
        unsynced.delete(segment);
        removeSegment(segment);
      }
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
  return last[0] === 0x0a;
}
