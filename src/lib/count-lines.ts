import { createReadStream } from 'node:fs';

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
