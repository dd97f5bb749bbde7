import { StringDecoder } from 'node:string_decoder';
import type { StreamEvent } from './stream-event.ts';

/** 1 MiB: no message that matters is longer, except tool results, which are not needed. */
const maxStreamLineChars = 1024 * 1024;
/** 32 MiB of standard output a run. */
const maxOutputBytes = 32 * 1024 * 1024;
/** A run that streams for eleven minutes at 300 tokens a second writes about as many. */
const maxOutputLines = 200_000;

/** What a reader may take in; by default 1 Mi characters a line, 200,000 lines and 32 MiB in all. */
export interface StreamBounds {
  maxLineChars?: number;
  maxLines?: number;
  maxBytes?: number;
}

export interface StreamReader {
  /** Takes the next bytes of standard output and returns the events that they complete. */
  push(chunk: Buffer): StreamEvent[];
  /** The end of the output: what an unfinished last line says. */
  end(): StreamEvent[];
  /** True once the output has passed `maxBytes` or `maxLines`; from then on nothing is read any more. */
  readonly overflowed: boolean;
}

/** Reads one line of standard output: the events that it stands for, or undefined where it is no message of the protocol. */
export type ParseLine = (line: string) => StreamEvent | readonly StreamEvent[] | undefined;

/**
 * Cuts standard output into lines across chunks, UTF-8 safe, and reads each as a stream message; `atEnd` adds what the whole
 * of them stands for. A line over the bound is skipped whole, what is no message is skipped too, and neither harms the next
 * line.
 */
export function createLineReader(
  parseLine: ParseLine,
  bounds: StreamBounds = {},
  atEnd: () => readonly StreamEvent[] = () => [],
): StreamReader {
  const { maxLineChars = maxStreamLineChars, maxLines = maxOutputLines, maxBytes = maxOutputBytes } = bounds;
  const decoder = new StringDecoder('utf8');
  let bytes = 0;
  let lines = 0;
  // A list, since adding 64 KiB at a time to one growing string and searching it again is quadratic.
  let pieces: string[] = [];
  let chars = 0;

  const isOver = (): boolean => bytes > maxBytes || lines > maxLines;

  function append(piece: string): void {
    chars += piece.length;
    if (chars <= maxLineChars) pieces.push(piece);
    else pieces = [];
  }

  function takeLine(): StreamEvent[] {
    const events = chars <= maxLineChars ? parseLine(pieces.join('')) : undefined;
    pieces = [];
    chars = 0;
    if (events === undefined) return [];
    return 'kind' in events ? [events] : [...events];
  }

  function read(text: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    let from = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      lines += 1;
      if (isOver()) return events;
      append(text.slice(from, at));
      events.push(...takeLine());
      from = at + 1;
    }
    append(text.slice(from));
    return events;
  }

  return {
    push(chunk) {
      bytes += chunk.length;
      return isOver() ? [] : read(decoder.write(chunk));
    },
    end() {
      return isOver() ? [] : [...read(decoder.end()), ...takeLine(), ...atEnd()];
    },
    get overflowed() {
      return isOver();
    },
  };
}
