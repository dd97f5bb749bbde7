import { type Block, blocksOf } from './blocks.ts';

export interface ChunkOptions {
  /** No chunk is longer, in UTF-16 code units (default 1,400: some 350 tokens, which every embedder takes whole). */
  maxChars?: number;
  /** So much of a chunk's end is said again at the beginning of the next one, in whole sentences (default 200). */
  overlapChars?: number;
}

/** A text up to here is one memory. */
export const wholeUpToChars = 2_000;

/**
 * Cuts a text into chunks along its structure: headings begin one, list items, paragraphs and code stay whole where they
 * fit, else they are cut between lines, sentences, words, and only then within a word, never within a character. A chunk that
 * goes on under a heading begins with it. Nothing of the text is lost but blank lines.
 */
export function chunkText(text: string, options: ChunkOptions = {}): string[] {
  const { maxChars = 1_400, overlapChars = 200 } = options;
  const chunks: string[] = [];
  let body: Block[] = [];
  let length = 0;
  let opening = '';
  const flush = (): void => {
    if (body.length === 0) return;
    chunks.push((opening === '' ? '' : `${opening}\n`) + joined(body));
    opening = '';
    body = [];
    length = 0;
  };
  for (const block of blocksOf(text)) {
    for (const piece of fitted(block, maxChars - overlapChars - 1)) {
      const startsSection = piece.kind === 'heading' && length > maxChars / 3;
      if (body.length > 0 && (startsSection || length + piece.text.length + 2 > maxChars)) {
        const tail = startsSection ? '' : overlapOf(body, overlapChars);
        const context = piece.kind === 'heading' ? '' : headingOf(piece, overlapChars - tail.length - 1);
        flush();
        opening = [context, tail].filter((part) => part !== '').join('\n');
        length = opening.length;
      }
      body.push(piece);
      length += piece.text.length + 2;
    }
  }
  flush();
  return chunks;
}

/** Paragraphs are set apart by a blank line, items and the pieces of a paragraph are not. */
function joined(body: readonly Block[]): string {
  return body
    .map(({ kind, text }, index) => (index === 0 ? text : (kind === 'item' ? '\n' : '\n\n') + text))
    .join('');
}

function headingOf({ path }: Block, room: number): string {
  const line = path.length === 0 ? '' : `# ${path.join(' › ')}`;
  return line.length <= room ? line : '';
}

/** The last sentences of a chunk; code is not said twice, nor is a chunk that is hardly longer than that. */
function overlapOf(body: readonly Block[], room: number): string {
  const last = body.at(-1);
  if (last === undefined || last.kind === 'code' || last.kind === 'heading' || room <= 0) return '';
  let tail = '';
  for (const sentence of sentencesOf(last.text).reverse()) {
    if (tail.length + sentence.length > room) break;
    tail = sentence + tail;
  }
  return tail.trim() === last.text.trim() && body.length === 1 ? '' : tail.trim();
}

function fitted(block: Block, room: number): Block[] {
  if (block.text.length <= room) return [block];
  const parts = block.kind === 'code' ? linesOf(block.text) : sentencesOf(block.text);
  const pieces = packed(
    parts.flatMap((part) => (part.length <= room ? [part] : packed(wordsOf(part, room), room))),
    room,
  );
  return pieces.map((text, index) => ({
    // Only the first one begins a section or an item.
    kind: index > 0 && block.kind !== 'code' ? 'prose' : block.kind,
    text,
    path: block.path,
  }));
}

function packed(parts: readonly string[], room: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const part of parts) {
    if (piece !== '' && piece.length + part.length > room) {
      pieces.push(piece);
      piece = '';
    }
    piece += part;
  }
  return piece === '' ? pieces : [...pieces, piece];
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+/g) ?? [];
}

/** Sentences with what follows them, so that they add up to the text. */
function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.!?…。！？][)"'”’]?\s)|(?<=[。！？])|(?<=\n)/u);
}

function wordsOf(text: string, room: number): string[] {
  return text.split(/(?<=\s)/u).flatMap((word) => (word.length <= room ? [word] : cut(word, room)));
}

function cut(word: string, room: number): string[] {
  const parts: string[] = [];
  for (let from = 0; from < word.length;) {
    const end = Math.min(word.length, from + room);
    const cutsPair = end < word.length && /[\uD800-\uDBFF]/.test(word[end - 1] ?? '') && end - from > 1;
    parts.push(word.slice(from, cutsPair ? end - 1 : end));
    from = cutsPair ? end - 1 : end;
  }
  return parts;
}
