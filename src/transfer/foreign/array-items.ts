import { decodePieces } from './text-decoder.ts';

const maxItemChars = 200 * 1024 * 1024;

/**
 * The elements of a JSON array as they come, so that a file of gigabytes takes no more memory than its largest element. Yields
 * the text of each; throws where it is no array, or ends before its end.
 */
export async function* arrayItems(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let hasBegun = false;
  let hasEnded = false;
  let parts: string[] = [];
  let chars = 0;
  for await (const text of decodePieces(chunks)) {
    let from = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (inString) {
        if (escaped) escaped = false;
        else if (code === backslash) escaped = true;
        else if (code === quote) inString = false;
        continue;
      }
      if (code === quote) inString = true;
      if (code === open || code === openList) {
        depth += 1;
        if (depth === 1) {
          if (code !== openList || hasBegun) throw new Error('expected a list of conversations');
          hasBegun = true;
          from = at + 1;
        }
      } else if (code === close || code === closeList) {
        depth -= 1;
        if (depth < 0) throw new Error('expected a list of conversations');
      }
      const ends = (depth === 1 && code === comma) || (depth === 0 && code === closeList && hasBegun);
      if (!ends) continue;
      const item = [...parts, text.slice(from, at)].join('').trim();
      [parts, chars, from] = [[], 0, at + 1];
      if (item !== '') yield item;
      hasEnded = depth === 0;
    }
    if (depth === 0 && text.slice(from).trim() !== '') throw new Error('expected a list of conversations');
    if (depth === 0) continue;
    parts.push(text.slice(from));
    chars += text.length - from;
    if (chars > maxItemChars) throw new Error(`a conversation has more than ${maxItemChars} characters`);
  }
  if (!hasEnded)
    throw new Error(
      hasBegun ? 'it ends before its end: it was cut' : 'expected a list of conversations, got nothing',
    );
}

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [open, close, openList, closeList] = [0x7b, 0x7d, 0x5b, 0x5d];
