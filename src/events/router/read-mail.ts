import type { Journal } from '../../lib/journal/journal.ts';
import type { MailItem } from '../../lib/mailbox/mailbox.ts';
import { type ParsedLine, parseBytes } from '../../lib/wire/parse-line.ts';

const runBytes = 256 * 1024;

/**
 * Reads the lines of mail items back from the journal and parses them, in the order given.
 * Neighbours are read together: a flood costs one read a few thousand lines, not one a line.
 */
export function readMail(journal: Journal, items: readonly MailItem[]): ParsedLine[] {
  const parsed: ParsedLine[] = [];
  let buffer = Buffer.allocUnsafe(64 * 1024);
  let next = 0;
  while (next < items.length) {
    const run = runFrom(items, next);
    if (run.bytes > buffer.length) buffer = Buffer.allocUnsafe(run.bytes);
    journal.readInto(buffer, 0, run.start, run.bytes);
    for (let index = next; index < run.end; index += 1) {
      const item = items[index] as MailItem;
      const from = item.position - run.start;
      parsed.push(parseBytes(buffer, from, from + item.length));
    }
    next = run.end;
  }
  return parsed;
}

/** The longest stretch of ascending neighbours from `first` on that one read can bring. */
function runFrom(items: readonly MailItem[], first: number): { start: number; bytes: number; end: number } {
  const { position: start, length } = items[first] as MailItem;
  let stop = start + length;
  let end = first + 1;
  for (; end < items.length; end += 1) {
    const { position, length: bytes } = items[end] as MailItem;
    // The byte between two neighbours is the newline of the first.
    if (position !== stop + 1 || position + bytes - start > runBytes) break;
    stop = position + bytes;
  }
  return { start, bytes: stop - start, end };
}
