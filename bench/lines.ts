/** Bytes of one line with its newline. */
export const lineBytes = 100;

/** Lines that one write(2) takes: below `PIPE_BUF`, so that writers do not tear each other's lines. */
export const linesOfBlock = 40;

/** `count` wire lines of 100 bytes, numbered so that each is unlike every other of its writer and category. */
export function makeLines(category: string, writer: number, count: number): Buffer {
  const bytes = Buffer.alloc(count * lineBytes, 'x');
  for (let index = 0; index < count; index += 1) {
    const start = `LOW|bench:${writer}||${category}|${writer}-${index} `;
    bytes.write(start, index * lineBytes, 'latin1');
    bytes[(index + 1) * lineBytes - 1] = 0x0a;
  }
  return bytes;
}
