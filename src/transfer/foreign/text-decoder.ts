import { TextDecoder } from 'node:util';

/** The encoding that the first bytes of a file name; UTF-8 where they name none. */
export function encodingOf(first: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first[0] === 0xff && first[1] === 0xfe) return 'utf-16le';
  return first[0] === 0xfe && first[1] === 0xff ? 'utf-16be' : 'utf-8';
}

/** The text of a whole file, in UTF-8 or in the UTF-16 that its first bytes name. Throws a `TypeError` where it is neither. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
}

/** The pieces of a file as text; what is no character in its encoding becomes U+FFFD. */
export async function* decodePieces(pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  let first = Buffer.alloc(0);
  for await (const piece of pieces) {
    if (decoder !== undefined) {
      yield decoder.decode(piece, { stream: true });
      continue;
    }
    first = Buffer.concat([first, piece]);
    if (first.length < 2) continue;
    decoder = new TextDecoder(encodingOf(first));
    yield decoder.decode(first, { stream: true });
  }
  yield (decoder ?? new TextDecoder()).decode(decoder === undefined ? first : undefined);
}
