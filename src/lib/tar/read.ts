import { ownValue } from '../own-value.ts';
import { blockBytes, readHeader, readPax, type TarEntry, TarError } from './header.ts';

/** An entry with its bytes, to be read before the next one is asked for; what is left of them is passed over. */
export interface TarItem {
  entry: TarEntry;
  body: AsyncIterable<Buffer>;
}

const maxPaxBytes = 64 * 1024;
const kinds: Readonly<Record<string, TarEntry['kind']>> = {
  '0': 'file',
  '\0': 'file',
  '5': 'folder',
  '2': 'link',
};

/**
 * Reads an archive as it comes, an entry at a time. Throws `TarError` for one that is cut or damaged, and for entries that this
 * house does not write: hard links, devices, paths that lead out of the folder.
 */
export async function* readTar(source: AsyncIterable<Buffer>): AsyncGenerator<TarItem> {
  const input = createInput(source);
  let isWhole = false;
  try {
    yield* itemsOf(input);
    isWhole = true;
  } finally {
    // A program that writes the archive would wait for ever for a reader that failed, or that has had enough.
    if (!isWhole) await input.close();
  }
}

async function* itemsOf(input: ReturnType<typeof createInput>): AsyncGenerator<TarItem> {
  let pax = new Map<string, string>();
  for (;;) {
    const header = readHeader(await input.exactly(blockBytes));
    if (header === undefined) {
      if (readHeader(await input.exactly(blockBytes)) !== undefined)
        throw new TarError('the archive goes on after its end');
      return;
    }
    if (header.type === 'x') {
      if (header.size > maxPaxBytes) throw new TarError('an extended header of the archive is too long');
      pax = readPax(await input.exactly(header.size));
      await input.exactly(padded(header.size));
      continue;
    }
    const { type, ...rest } = header;
    const kind = ownValue(kinds, type);
    if (kind === undefined)
      throw new TarError(`the archive has an entry of a kind that is not expected: ${type}`);
    const link = pax.get('linkpath') ?? rest.link;
    const path = (pax.get('path') ?? rest.path).replace(/\/$/, '');
    const entry: TarEntry = { ...rest, path, kind, ...(link !== undefined && { link }) };
    pax = new Map();
    refuseEscape(path);
    const body = input.upTo(entry.size);
    yield { entry, body };
    await passOver(body);
    await input.exactly(padded(entry.size));
  }
}

/** What nobody has read is read to its end. */
async function passOver(body: AsyncIterable<Buffer>): Promise<void> {
  const left = body[Symbol.asyncIterator]();
  while ((await left.next()).done !== true);
}

function padded(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes;
}

function refuseEscape(path: string): void {
  const parts = path.split('/');
  if (
    path !== '' &&
    !path.startsWith('/') &&
    !path.includes('\0') &&
    !parts.includes('..') &&
    !parts.includes('')
  )
    return;
  throw new TarError(`the archive has a path that leads out of it: ${JSON.stringify(path)}`);
}

function createInput(source: AsyncIterable<Buffer>) {
  const chunks = source[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const more = async (): Promise<Buffer> => {
    while (rest.length === 0) {
      const next = await chunks.next();
      if (next.done === true) throw new TarError('the archive is cut: it ends before its end');
      rest = next.value;
    }
    return rest;
  };
  const take = async (most: number): Promise<Buffer> => {
    const chunk = await more();
    const taken = chunk.subarray(0, most);
    rest = chunk.subarray(taken.length);
    return taken;
  };
  return {
    close: async (): Promise<unknown> => chunks.return?.(),
    async exactly(length: number): Promise<Buffer> {
      const parts: Buffer[] = [];
      for (let left = length; left > 0;) {
        const part = await take(left);
        parts.push(part);
        left -= part.length;
      }
      return Buffer.concat(parts);
    },
    /** A later iteration goes on where an earlier one stopped. */
    upTo(length: number): AsyncIterable<Buffer> {
      let left = length;
      return {
        async *[Symbol.asyncIterator]() {
          while (left > 0) {
            const part = await take(left);
            left -= part.length;
            yield part;
          }
        },
      };
    },
  };
}
