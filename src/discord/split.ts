/** The most characters that Discord takes in a message. */
export const maxMessageChars = 2_000;

/**
 * A part of a longer text. The bodies of all parts are the text; head and tail are what each part needs to stand by itself,
 * such as a fence that is closed and opened again.
 */
export interface Part {
  head: string;
  body: string;
  tail: string;
}

/** A part as it is sent. */
export function rendered({ head, body, tail }: Part): string {
  return head + body + tail;
}

interface Fence {
  marker: string;
  info: string;
}

interface Block {
  kind: 'prose' | 'fence' | 'table';
  /** With their line ends. */
  lines: string[];
}

const maxInfoChars = 32;
/** A longer row of backticks is no fence that anybody meant, and would leave no room for the text. */
const maxMarkerChars = 10;
const maxHeaderChars = 400;

/**
 * Splits a text into parts of at most `limit` UTF-16 units (100 or more) when rendered. A code block or table that fits into
 * one part is kept whole; a longer one is cut between its lines, with its fence closed and opened again, or its header
 * repeated. Prose is cut between lines, then words; no surrogate pair is ever cut.
 */
export function splitText(text: string, limit = maxMessageChars): Part[] {
  const writer = createWriter(limit);
  for (const block of blocksOf(text)) {
    const length = block.lines.reduce((sum, line) => sum + line.length, 0);
    const isCut = length > writer.room();
    if (block.kind !== 'prose' && isCut && (length <= limit || writer.room() < limit / 4)) writer.flush();
    if (block.kind === 'table') writer.table(block.lines);
    else for (const line of block.lines) writer.line(line);
  }
  return writer.end();
}

function createWriter(limit: number) {
  const parts: Part[] = [];
  let head = '';
  let body = '';
  let fence: Fence | undefined;

  const tailOf = (open: Fence | undefined): number => (open === undefined ? 0 : open.marker.length + 1);
  const roomWith = (open: Fence | undefined): number => limit - head.length - body.length - tailOf(open);
  const room = (): number => roomWith(fence);
  const flush = (): void => {
    if (body === '') return;
    const tail = fence === undefined ? '' : `${body.endsWith('\n') ? '' : '\n'}${fence.marker}`;
    parts.push({ head, body, tail });
    head = fence === undefined ? '' : `${fence.marker}${fence.info}\n`;
    body = '';
  };
  /** Room in a part that begins here. */
  const freshRoom = (): number =>
    limit - (fence === undefined ? 0 : fence.marker.length + fence.info.length + 1) - tailOf(fence);
  const append = (text: string): void => {
    let rest = text;
    while (rest.length > room()) {
      if (body === '' || (rest.length > freshRoom() && room() >= limit / 4)) {
        const cut = cutAt(rest, room());
        body += rest.slice(0, cut);
        rest = rest.slice(cut);
      }
      flush();
    }
    body += rest;
  };
  const open = (text: string, next: Fence): void => {
    if (text.length > roomWith(next)) flush();
    if (text.length <= roomWith(next)) body += text;
    else {
      append(text);
      // A line that had to be cut leaves no room for a tail.
      flush();
      head = `${next.marker}${next.info}\n`;
    }
    fence = next;
  };
  const line = (text: string): void => {
    const next = fenceAfter(fence, text);
    if (fence === undefined && next !== undefined) open(text, next);
    else if (next === undefined && text.length <= roomWith(undefined)) body += text;
    else append(text);
    fence = next;
  };
  const table = (lines: readonly string[]): void => {
    const header = lines.slice(0, 2).join('');
    const repeats = header.length <= Math.min(maxHeaderChars, limit / 4);
    for (const [index, row] of lines.entries()) {
      if (repeats && index > 2 && row.length > room() && row.length <= limit - header.length) {
        flush();
        head = header;
      }
      append(row);
    }
  };
  const end = (): Part[] => {
    flush();
    return parts;
  };
  return { room, flush, line, table, end };
}

/** The fence that is open behind a line. */
function fenceAfter(open: Fence | undefined, line: string): Fence | undefined {
  const found = /^ {0,3}(`{3,})([^\n]*)\n?$/.exec(line);
  const [, marker = '', info = ''] = found ?? [];
  if (open === undefined) {
    if (found === null || info.includes('`') || marker.length > maxMarkerChars) return undefined;
    return { marker, info: wholeCharacters(info.trim().slice(0, maxInfoChars)) };
  }
  return found !== null && marker.length >= open.marker.length && info.trim() === '' ? undefined : open;
}

function wholeCharacters(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text;
}

function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let fence: Fence | undefined;
  for (const line of text.split(/(?<=\n)/)) {
    const after = fenceAfter(fence, line);
    const isFence = fence !== undefined || after !== undefined;
    const kind = isFence ? 'fence' : /^ {0,3}\|/.test(line) ? 'table' : 'prose';
    const last = blocks.at(-1);
    const opens = fence === undefined && after !== undefined;
    if (last?.kind === kind && !opens) last.lines.push(line);
    else blocks.push({ kind, lines: [line] });
    fence = after;
  }
  return blocks;
}

/** Where a text of more than `most` units is cut: behind its last blank there, at worst between two characters. */
function cutAt(text: string, most: number): number {
  const blank = text.lastIndexOf(' ', most - 1);
  if (blank >= most / 2) return blank + 1;
  const isInside = /[\uD800-\uDBFF]/.test(text.charAt(most - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(most));
  return isInside ? most - 1 : most;
}
