import { expectedTimestamp, parseTimestamp } from './timestamp.ts';
import { HUMAN, PRIORITIES, type Priority } from './priority.ts';

/** Reasons for refusing a line; each has its sentence in `describeRejection`. */
export type RejectionReason =
  | 'fields-missing'
  | 'unknown-priority'
  | 'bad-source'
  | 'bad-timestamp'
  | 'bad-category'
  | 'bad-utf8'
  | 'bad-spool-name'
  | 'too-long'
  | 'truncated';

/** The longest wire line, in bytes without its newline. */
export const maxLineBytes = 1024 * 1024;

/** Beginning of a payload that stands for a spooled file. */
export const spoolPrefix = '@spool:';

const PIPE = 0x7c;
const CARRIAGE_RETURN = 0x0d;
const AT = 0x40;
const maxNameBytes = 64;
const maxTimestampBytes = 40;
/** As far as a priority is looked for in a bad line. */
const longestPriorityBytes = 16;
const spoolName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const priorityWords = PRIORITIES.map((name) => Buffer.from(name.toLowerCase(), 'latin1'));

/** 1 for the bytes that may follow in a source or category, 2 for those that may also begin one. */
const nameBytes = new Uint8Array(256);
for (const char of '._:-') nameBytes[char.charCodeAt(0)] = 1;
for (const [from, to] of ['09', 'AZ', 'az'])
  nameBytes.fill(2, (from as string).charCodeAt(0), (to as string).charCodeAt(0) + 1);

/** Places of the fields of the line that was scanned last; byte offsets into the scanned buffer, ends exclusive. */
export interface ScannedLine {
  priority: Priority;
  sourceStart: number;
  sourceEnd: number;
  timestampStart: number;
  timestampEnd: number;
  categoryStart: number;
  categoryEnd: number;
  payloadStart: number;
  payloadEnd: number;
}

/** A `ScannedLine` to scan into; one is enough for a whole loop, since scanning allocates nothing. */
export function createScannedLine(): ScannedLine {
  return {
    priority: HUMAN,
    sourceStart: 0,
    sourceEnd: 0,
    timestampStart: 0,
    timestampEnd: 0,
    categoryStart: 0,
    categoryEnd: 0,
    payloadStart: 0,
    payloadEnd: 0,
  };
}

/**
 * Checks the header of one wire line (`bytes[start, end)`, without its newline) and fills `into` with the places of its fields.
 * Returns the reason for a refusal, or undefined for a good line. UTF-8 is checked by the caller, a chunk at a time.
 */
export function scanLine(
  bytes: Buffer,
  start: number,
  end: number,
  into: ScannedLine,
): RejectionReason | undefined {
  if (end > start && bytes[end - 1] === CARRIAGE_RETURN) end -= 1;
  if (end - start > maxLineBytes) return 'too-long';

  let cursor = start;
  while (cursor < end && bytes[cursor] !== PIPE) cursor += 1;
  if (cursor === end) return 'fields-missing';
  const priority = readPriority(bytes, start, cursor);

  into.sourceStart = cursor + 1;
  cursor = endOfName(bytes, into.sourceStart, end);
  into.sourceEnd = cursor;
  const sourceIsGood = isName(bytes, into.sourceStart, into.sourceEnd, end);
  if (!sourceIsGood) cursor = nextPipe(bytes, cursor, end);
  if (cursor >= end) return 'fields-missing';

  into.timestampStart = cursor + 1;
  cursor = nextPipe(bytes, into.timestampStart, end);
  if (cursor >= end) return 'fields-missing';
  into.timestampEnd = cursor;

  into.categoryStart = cursor + 1;
  cursor = endOfName(bytes, into.categoryStart, end);
  into.categoryEnd = cursor;
  const categoryIsGood = isName(bytes, into.categoryStart, into.categoryEnd, end);
  if (!categoryIsGood) cursor = nextPipe(bytes, cursor, end);
  if (cursor >= end) return 'fields-missing';

  if (priority === undefined) return 'unknown-priority';
  if (!sourceIsGood) return 'bad-source';
  if (into.timestampEnd > into.timestampStart && !isTimestamp(bytes, into)) return 'bad-timestamp';
  if (!categoryIsGood) return 'bad-category';

  into.priority = priority;
  into.payloadStart = cursor + 1;
  into.payloadEnd = end;
  if (bytes[into.payloadStart] === AT && into.payloadStart < end && hasBadSpoolName(bytes, into))
    return 'bad-spool-name';
  return undefined;
}

/** True for a name that a file in the spool folder may have: no separators, no leading dot, at most 128 characters. */
export function isSpoolName(name: string): boolean {
  return spoolName.test(name);
}

/** The source that a line names, be the line good or bad; empty where it names none that could be one. */
export function sourceOf(line: Buffer): string {
  const before = line.subarray(0, longestPriorityBytes + 1).indexOf(PIPE);
  if (before === -1) return '';
  const start = before + 1;
  const stop = endOfName(line, start, Math.min(line.length, start + maxNameBytes + 1));
  return isName(line, start, stop, line.length) ? line.toString('latin1', start, stop) : '';
}

/** One sentence for the owner: what was expected. */
export function describeRejection(reason: RejectionReason): string {
  switch (reason) {
    case 'fields-missing':
      return 'expected five fields, priority|source|timestamp|category|payload';
    case 'unknown-priority':
      return `expected a priority of ${PRIORITIES.join(', ')} or 0 to 5`;
    case 'bad-source':
      return 'expected a source of letters, digits and ._:- (64 at most, a letter or digit first)';
    case 'bad-timestamp':
      return expectedTimestamp;
    case 'bad-category':
      return 'expected a category of letters, digits and ._:- (64 at most, a letter or digit first)';
    case 'bad-utf8':
      return 'expected UTF-8';
    case 'bad-spool-name':
      return 'expected @spool: followed by the plain name of a file in the spool folder';
    case 'too-long':
      return `expected at most ${maxLineBytes} bytes in a line; use the spool for more`;
    case 'truncated':
      return 'the line was cut off: another began before its newline came';
  }
}

function readPriority(bytes: Buffer, start: number, end: number): Priority | undefined {
  const length = end - start;
  const first = bytes[start];
  if (length === 1 && first !== undefined) {
    const digit = first - 0x30;
    return digit >= 0 && digit <= 5 ? (digit as Priority) : undefined;
  }
  for (let rank = 0; rank < priorityWords.length; rank += 1) {
    if (equalsIgnoringCase(bytes, start, length, priorityWords[rank] as Buffer)) return rank as Priority;
  }
  return undefined;
}

function equalsIgnoringCase(bytes: Buffer, start: number, length: number, word: Buffer): boolean {
  if (length !== word.length) return false;
  for (let index = 0; index < length; index += 1) {
    if (((bytes[start + index] as number) | 0x20) !== word[index]) return false;
  }
  return true;
}

function endOfName(bytes: Buffer, start: number, end: number): number {
  let cursor = start;
  while (cursor < end && nameBytes[bytes[cursor] as number] !== 0) cursor += 1;
  return cursor;
}

function isName(bytes: Buffer, start: number, stop: number, end: number): boolean {
  return (
    stop > start &&
    stop - start <= maxNameBytes &&
    nameBytes[bytes[start] as number] === 2 &&
    (stop === end || bytes[stop] === PIPE)
  );
}

function nextPipe(bytes: Buffer, start: number, end: number): number {
  let cursor = start;
  while (cursor < end && bytes[cursor] !== PIPE) cursor += 1;
  return cursor;
}

function isTimestamp(bytes: Buffer, line: ScannedLine): boolean {
  if (line.timestampEnd - line.timestampStart > maxTimestampBytes) return false;
  return parseTimestamp(bytes.toString('latin1', line.timestampStart, line.timestampEnd)) !== undefined;
}

function hasBadSpoolName(bytes: Buffer, line: ScannedLine): boolean {
  const text = bytes.toString(
    'latin1',
    line.payloadStart,
    Math.min(line.payloadEnd, line.payloadStart + 200),
  );
  return text.startsWith(spoolPrefix) && !isSpoolName(text.slice(spoolPrefix.length));
}
