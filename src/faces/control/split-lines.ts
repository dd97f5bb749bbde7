import { StringDecoder } from 'node:string_decoder';

/**
 * The lines of a byte stream, without their newlines. Only `\n` ends a line: node:readline would also split at
 * U+2028, which JSON leaves unescaped. A last line without its newline is half a message and is dropped.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<string, void, undefined> {
  const decoder = new StringDecoder('utf8');
  let parts: string[] = [];
  for await (const chunk of chunks) {
    const [first = '', ...rest] = decoder.write(chunk).split('\n');
    parts.push(first);
    for (const next of rest) {
      yield parts.join('');
      parts = [next];
    }
  }
}
