import { UsageError } from '../lib/errors.ts';
import { maxSpoolBytes } from '../lib/wire/spool.ts';

/** The text of a command line: its words joined, or stdin where it is a lone `-`. Throws a `UsageError` where it is empty. */
export async function readText(words: readonly string[]): Promise<string> {
  const text = words.length === 1 && words[0] === '-' ? await readStdin() : words.join(' ');
  if (text.trim() === '') throw new UsageError('expected a text, got nothing');
  return text;
}

/** All of stdin as UTF-8 without its last newline. Throws a `UsageError` where it is too long or not UTF-8. */
export async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxSpoolBytes)
      throw new UsageError(`expected at most ${maxSpoolBytes} bytes on stdin, got more`);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)).replace(/\r?\n$/, '');
  } catch (cause) {
    throw new UsageError('expected UTF-8 on stdin', { cause });
  }
}
