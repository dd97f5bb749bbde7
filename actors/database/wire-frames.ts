/**
 * Frames of PostgreSQL's protocol 3: a type byte, a 32-bit length that counts itself, a body.
 * https://www.postgresql.org/docs/current/protocol-message-formats.html
 */

/** One whole message as it came: type byte, length and body. */
export type Frame = Buffer;

const lengthBytes = 4;
const headerBytes = 1 + lengthBytes;

/** The peer sent something that is not the protocol, or is larger than allowed. */
export class ProtocolError extends Error {}

/** Cuts a byte stream into frames. Bytes are copied a bounded number of times, however they arrive. */
export interface FrameReader {
  push(chunk: Buffer): void;
  /** The next whole packet without a type byte (start-up phase only), or undefined when more bytes are needed. */
  nextStartup(): Buffer | undefined;
  /** The next whole frame, or undefined when more bytes are needed. Throws `ProtocolError` for a bad length. */
  next(): Frame | undefined;
}

/** A reader that refuses frames of more than `maxBytes`. */
export function createFrameReader(maxBytes: number): FrameReader {
  let chunks: Buffer[] = [];
  let available = 0;
  let offset = 0;

  /** Joins the pieces only when they complete something, so that a large frame is copied once and not once a chunk. */
  function take(typeBytes: 0 | 1): Buffer | undefined {
    const header = typeBytes + lengthBytes;
    if (available < header) return undefined;
    const first = joined(header);
    const size = typeBytes + first.readInt32BE(offset + typeBytes);
    if (size < header || size > maxBytes)
      throw new ProtocolError(`a message of ${size} bytes (limit ${maxBytes})`);
    if (available < size) return undefined;
    const whole = joined(size);
    const frame = whole.subarray(offset, offset + size);
    offset += size;
    available -= size;
    return frame;
  }

  function joined(bytes: number): Buffer {
    const [first, ...rest] = chunks;
    if (first !== undefined && first.length - offset >= bytes) return first;
    const all = Buffer.concat(first === undefined ? rest : [first.subarray(offset), ...rest]);
    chunks = [all];
    offset = 0;
    return all;
  }

  return {
    push(chunk) {
      if (available === 0) {
        chunks = [];
        offset = 0;
      }
      chunks.push(chunk);
      available += chunk.length;
    },
    nextStartup: () => take(0),
    next: () => take(1),
  };
}

/** Builds a frame; strings become NUL-terminated. */
export function frame(type: string, ...parts: (string | Buffer)[]): Frame {
  const bodies = parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part));
  const body = Buffer.concat(bodies);
  const header = Buffer.alloc(headerBytes);
  header.write(type, 'latin1');
  header.writeInt32BE(lengthBytes + body.length, 1);
  return Buffer.concat([header, body]);
}

export function frameType(message: Frame): string {
  return String.fromCharCode(message[0] ?? 0);
}

/** The NUL-terminated string at `start` and where the next field begins. */
export function stringAt(message: Frame, start: number): { text: string; end: number } {
  const nul = message.indexOf(0, start);
  if (nul === -1) throw new ProtocolError('a string without its end');
  return { text: message.toString('utf8', start, nul), end: nul + 1 };
}

/** Walks the complete frames of a buffer. */
export function* framesOf(bytes: Buffer): Generator<Frame> {
  let at = 0;
  while (at + headerBytes <= bytes.length) {
    const end = at + 1 + bytes.readInt32BE(at + 1);
    yield bytes.subarray(at, end);
    at = end;
  }
}

/** An ErrorResponse. FATAL means that the connection is closed after it. */
export function errorFrame(severity: 'ERROR' | 'FATAL', sqlState: string, message: string): Frame {
  return frame('E', `S${severity}`, `V${severity}`, `C${sqlState}`, `M${message}`, Buffer.alloc(1));
}

/** A simple query. */
export function queryFrame(text: string): Frame {
  return frame('Q', text);
}

export const syncFrame: Frame = frame('S');
