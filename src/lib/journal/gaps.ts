import { closeSync, openSync, readdirSync, readFileSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { listSegmentStarts } from './segment.ts';

/** Bytes `[from, to)` of the stream that are missing between two segments. */
export interface Gap {
  from: number;
  to: number;
}

const noteName = /^(\d{16})-(\d{16})\.gap$/;

/** Notes, before it is done, that the journal itself lets go of these bytes in the middle of what it keeps. */
export function noteGap(dir: string, { from, to }: Gap): void {
  closeSync(openSync(join(dir, `${digits(from)}-${digits(to)}.gap`), 'w', 0o600));
}

/** Deletes the notes about what lies before the first byte that is kept. */
export function forgetGaps(dir: string, start: number): void {
  for (const { from, to } of readNotes(dir))
    if (to <= start) unlinkSync(join(dir, `${digits(from)}-${digits(to)}.gap`));
}

/**
 * The gaps between the segments of a folder that the journal did not make: a segment was emptied, cut or taken away.
 * Nothing can tell of what is missing before the first one, for that is where recorded segments go. A journal from before
 * gaps were noted is judged from `gapsNotedFrom` of its journal.json on.
 */
export function findGaps(dir: string): Gap[] {
  const notedFrom = readNotedFrom(dir);
  const notes = readNotes(dir);
  const segments = listSegmentStarts(dir).map((start) => ({ start, end: start + sizeOf(dir, start) }));
  return segments.flatMap(({ start }, index) => {
    const before = segments[index - 1];
    if (before === undefined || before.end >= start || before.end < notedFrom) return [];
    return unexplained({ from: before.end, to: start }, notes);
  });
}

/** The gaps as a sentence each. */
export function describeGap({ from, to }: Gap): string {
  return `the journal lacks ${to - from} bytes from position ${from} on, which it did not delete itself: lines that were not recorded yet are lost`;
}

function unexplained({ from, to }: Gap, notes: readonly Gap[]): Gap[] {
  let at = from;
  for (;;) {
    const note = notes.find((known) => known.from <= at && known.to > at);
    if (note === undefined) return at >= to ? [] : [{ from: at, to }];
    at = note.to;
    if (at >= to) return [];
  }
}

function readNotes(dir: string): Gap[] {
  return readdirSync(dir).flatMap((name) => {
    const [, from, to] = noteName.exec(name) ?? [];
    return from === undefined ? [] : [{ from: Number(from), to: Number(to) }];
  });
}

function readNotedFrom(dir: string): number {
  try {
    const { gapsNotedFrom } = JSON.parse(readFileSync(join(dir, 'journal.json'), 'utf8')) as {
      gapsNotedFrom?: unknown;
    };
    return typeof gapsNotedFrom === 'number' ? gapsNotedFrom : Infinity;
  } catch {
    return Infinity;
  }
}

function sizeOf(dir: string, start: number): number {
  return statSync(join(dir, `${digits(start)}.log`)).size;
}

function digits(position: number): string {
  return String(position).padStart(16, '0');
}
