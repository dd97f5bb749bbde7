import { createReadStream } from 'node:fs';
import { durationText } from '../lib/duration-text.ts';

export interface ImportState {
  /** Lines that were read. */
  line: number;
  /** Lines that there are; undefined where that cannot be known, as of stdin. */
  total: number | undefined;
  imported: number;
  known: number;
  elapsedMs: number;
}

/** Before that an estimate says nothing. */
const minElapsedMs = 2_000;

/** How far an import is, and how long the rest will take at this speed. */
export function progressText({ line, total, imported, known, elapsedMs }: ImportState): string {
  const counts = `${imported.toLocaleString('en')} imported, ${known.toLocaleString('en')} known already`;
  if (total === undefined || total < line) return `line ${line.toLocaleString('en')}: ${counts}`;
  const left = line > 0 && elapsedMs >= minElapsedMs ? (elapsedMs / line) * (total - line) : undefined;
  const estimate = left === undefined || line === total ? '' : `, about ${durationText(left)} left`;
  const share = total === 0 ? 100 : Math.floor((line * 100) / total);
  return `line ${line.toLocaleString('en')} of ${total.toLocaleString('en')} (${share} %${estimate}): ${counts}`;
}

/** Counts the lines of a file; undefined for stdin. Errors are left to whoever reads it. */
export async function countLines(path: string): Promise<number | undefined> {
  if (path === '-') return undefined;
  let lines = 0;
  let last = newline;
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, at + 1)) lines += 1;
      last = chunk.at(-1) ?? last;
    }
  } catch {
    return undefined;
  }
  return last === newline ? lines : lines + 1;
}

const newline = 0x0a;
