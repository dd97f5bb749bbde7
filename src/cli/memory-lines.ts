import { createReadStream } from 'node:fs';
import { messageOf, UsageError } from '../lib/errors.ts';
import type { z } from 'zod';
import { memoryLine } from '../memory/memory-line.ts';

/** A memory as an export writes it. */
type WrittenMemory = z.input<typeof memoryLine>;

/** A line that is no memory; numbers count from 1. */
export interface LineProblem {
  number: number;
  problem: string;
}

/** Lines to be sent together, and those between them that are none. */
export interface LineBatch {
  lines: WrittenMemory[];
  problems: LineProblem[];
  /** The last line that was looked at. */
  lastNumber: number;
}

/** A line of text, or why there is none. */
type ReadLine = { number: number } & ({ text: string; problem?: undefined } | { problem: string });

/** What the control API takes at once, with room for what stands around the lines. */
const maxBatchBytes = 3.5 * 1024 * 1024;
const maxLineBytes = maxBatchBytes;
const newline = 0x0a;

/** The lines of a file, or of stdin for `-`; never more of them in memory than one. Throws where it cannot be read. */
export async function* linesOf(path: string): AsyncGenerator<ReadLine, void, undefined> {
  let number = 1;
  let parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunksOf(path)) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      yield readLine(number, [...parts, chunk.subarray(start, end)], size + end - start);
      number += 1;
      parts = [];
      size = 0;
      start = end + 1;
    }
    size += chunk.length - start;
    // What is too long is only measured.
    parts = size > maxLineBytes ? [] : [...parts, chunk.subarray(start)];
  }
  if (size > 0) yield readLine(number, parts, size);
}

/** Checks lines and puts so many of them together, or fewer where they are long. Empty lines are left out. */
export async function* batchesOf(
  lines: AsyncIterable<ReadLine>,
  maxLines: number,
): AsyncGenerator<LineBatch, void, undefined> {
  let batch: LineBatch = { lines: [], problems: [], lastNumber: 0 };
  let bytes = 0;
  const isFull = (more: number): boolean =>
    batch.lines.length + batch.problems.length === maxLines || bytes + more > maxBatchBytes;
  for await (const read of lines) {
    const { number } = read;
    const checked = read.problem === undefined ? check(read.text) : read;
    const size = checked?.problem === undefined ? Buffer.byteLength(JSON.stringify(checked?.line ?? '')) : 0;
    if (isFull(size)) {
      yield batch;
      batch = { lines: [], problems: [], lastNumber: number };
      bytes = 0;
    }
    batch.lastNumber = number;
    bytes += size;
    if (checked === undefined) continue;
    if (checked.problem === undefined) batch.lines.push(checked.line);
    else batch.problems.push({ number, problem: checked.problem });
  }
  if (batch.lines.length + batch.problems.length > 0) yield batch;
}

async function* chunksOf(path: string): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* (path === '-' ? process.stdin : createReadStream(path)) as AsyncIterable<Buffer>;
  } catch (cause) {
    throw new UsageError(`${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

function readLine(number: number, parts: readonly Buffer[], size: number): ReadLine {
  if (size > maxLineBytes) return { number, problem: `expected at most ${maxLineBytes} bytes, got ${size}` };
  try {
    return { number, text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts)) };
  } catch {
    return { number, problem: 'expected UTF-8' };
  }
}

/** A memory, or why it is none; undefined for an empty line. */
function check(text: string): { line: WrittenMemory; problem?: undefined } | { problem: string } | undefined {
  if (text.trim() === '') return undefined;
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return { problem: `expected a JSON object, got ${text.slice(0, 60)}` };
  }
  const parsed = memoryLine.safeParse(line);
  if (parsed.success) return { line: line as WrittenMemory };
  const problems = parsed.error.issues.map(({ path, message }) =>
    [path.join('.'), message].filter(Boolean).join(': '),
  );
  return { problem: problems.join('; ') };
}
