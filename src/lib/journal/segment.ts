import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { writeWhole } from '../write-whole.ts';
import { join } from 'node:path';
import { isSomethingElse, requireFile } from './require-file.ts';

/** One file of the journal: the bytes `[start, start + size)` of the stream, beginning at a line's first byte. */
export interface Segment {
  readonly start: number;
  size: number;
  /** Lines in it that are not yet recorded in the store. */
  pending: number;
  readonly path: string;
  fd: number;
  /** Arrival of bytes: pairs of position and epoch milliseconds, at most one a second. */
  readonly times: Array<{ position: number; at: number }>;
  timesFd: number;
}

const suffix = '.log';
const timesSuffix = '.times';
const timeRecordBytes = 16;

/** The first positions of all segments in a folder, ascending. Foreign files are left alone. */
export function listSegmentStarts(dir: string): number[] {
  return readdirSync(dir)
    .filter((name) => /^\d{16}\.log$/.test(name))
    .map((name) => Number(name.slice(0, -suffix.length)))
    .sort((a, b) => a - b);
}

/** Makes the segment that begins at `start` with these first bytes; a crash leaves all of it or nothing. */
export function createSegment(dir: string, start: number, bytes: Buffer): Segment {
  writeWhole(pathOf(dir, start), bytes);
  return openSegment(dir, start);
}

/**
 * Opens the segment that begins at `start`, making it where it is missing. What is in the place of its times is moved
 * aside, since these only say when something came. Throws `NinjadError` NOT_A_FILE where something else is in its own place.
 */
export function openSegment(
  dir: string,
  start: number,
  onProblem: (problem: string) => void = () => undefined,
): Segment {
  const path = pathOf(dir, start);
  const timesPath = timesPathOf(path);
  requireFile(path);
  moveAside(timesPath, onProblem);
  const fd = openSync(path, 'a+', 0o600);
  closeSync(fd);
  const segment: Segment = {
    start,
    size: statSync(path).size,
    pending: 0,
    path,
    // Not opened for appending: splice(2) refuses such a file.
    fd: openSync(path, 'r+'),
    times: [],
    timesFd: openSync(timesPath, 'a+', 0o600),
  };
  segment.times.push(...readTimes(segment.timesFd));
  return segment;
}

/** Records that the bytes from `position` on arrived at `at`, unless the last record is less than a second old. */
export function recordTime(segment: Segment, position: number, at: number): void {
  const last = segment.times.at(-1);
  if (last !== undefined && Math.abs(at - last.at) < 1000) return;
  segment.times.push({ position, at });
  const record = Buffer.alloc(timeRecordBytes);
  record.writeDoubleLE(position, 0);
  record.writeDoubleLE(at, 8);
  writeSync(segment.timesFd, record);
}

/** Puts a byte before `tail`, which stands at `position`, up to the segment's end. Throws, with nothing changed, where the disk is full. */
export function insertByte(segment: Segment, position: number, byte: number, tail: Buffer): void {
  const bytes = Buffer.concat([Buffer.of(byte), tail]);
  // The last one takes the room; what is written over needs none.
  writeSync(segment.fd, bytes, bytes.length - 1, 1, segment.size);
  writeSync(segment.fd, bytes, 0, bytes.length, position - segment.start);
  segment.size += 1;
}

/** Drops the bytes from `position` on. */
export function truncateSegment(segment: Segment, position: number): void {
  segment.size = position - segment.start;
  ftruncateSync(segment.fd, segment.size);
}

/** Closes the descriptors of a segment; its files stay. */
export function closeSegment(segment: Segment): void {
  closeSync(segment.fd);
  closeSync(segment.timesFd);
}

/** Closes a segment and deletes its files. */
export function removeSegment(segment: Segment): void {
  closeSegment(segment);
  unlinkSync(segment.path);
  unlinkSync(timesPathOf(segment.path));
}

function moveAside(timesPath: string, onProblem: (problem: string) => void): void {
  if (!isSomethingElse(timesPath)) return;
  const aside = `${timesPath}.aside-${Date.now().toString(36)}`;
  renameSync(timesPath, aside);
  onProblem(`${timesPath} was not a file; it was moved to ${aside}, and when these lines came is not known`);
}

function pathOf(dir: string, start: number): string {
  return join(dir, `${String(start).padStart(16, '0')}${suffix}`);
}

function timesPathOf(path: string): string {
  return path.slice(0, -suffix.length) + timesSuffix;
}

function readTimes(fd: number): Segment['times'] {
  const { size } = fstatSync(fd);
  const bytes = Buffer.alloc(size);
  const length = size === 0 ? 0 : readSync(fd, bytes, 0, size, 0);
  const times: Segment['times'] = [];
  for (let at = 0; at + timeRecordBytes <= length; at += timeRecordBytes) {
    times.push({ position: bytes.readDoubleLE(at), at: bytes.readDoubleLE(at + 8) });
  }
  return times;
}
