import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { NinjadError } from '../../lib/errors.ts';

/** How an archive is compressed; the end of the name of its content says it too. */
export type Codec = 'zstd' | 'gzip';

/** zstd where it is installed, three times as fast and as small; else gzip, which Node has. */
export function bestCodec(path = process.env['PATH'] ?? ''): Codec {
  return hasProgram('zstd', path) ? 'zstd' : 'gzip';
}

/** Compresses a stream into a file's, and shows `seen` what goes there; resolves when all is through. */
export async function compress(
  codec: Codec,
  source: AsyncIterable<Buffer>,
  { seen, into }: { seen: (chunk: Buffer) => void; into: Writable },
): Promise<void> {
  const input = Readable.from(source, { objectMode: false });
  async function* shown(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      seen(chunk);
      yield chunk;
    }
  }
  if (codec === 'gzip') return pipeline(input, createGzip({ level: 1 }), shown, into);
  return throughProgram(['-1', '-q', '-c'], (child) => [
    pipeline(input, child.stdin),
    pipeline(child.stdout, shown, into),
  ]);
}

/** The stream as it was before. Rejects while it is read where it is damaged. */
export async function* decompress(codec: Codec, source: Readable): AsyncGenerator<Buffer> {
  if (codec === 'gzip') {
    const gunzip = createGunzip();
    source.on('error', (error) => gunzip.destroy(error));
    try {
      yield* source.pipe(gunzip) as AsyncIterable<Buffer>;
    } finally {
      source.destroy();
    }
    return;
  }
  if (!hasProgram('zstd', process.env['PATH'] ?? ''))
    throw new NinjadError('ZSTD_MISSING', 'the archive is compressed by zstd, which is not installed here');
  const child = spawn('zstd', ['-d', '-q', '-c'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const ended = once(child, 'close');
  ended.catch(() => undefined);
  // Whoever stops reading early ends the program, and its pipe breaks.
  const fed = pipeline(source, child.stdin).catch(() => undefined);
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    await fed;
    const [status] = (await ended) as [number | null];
    if (status !== 0) throw new Error(complaint.trim() || `zstd ended with ${String(status)}`);
  } finally {
    child.kill();
    source.destroy();
  }
}

type Child = ReturnType<typeof spawnZstd>;

function spawnZstd(args: readonly string[]) {
  return spawn('zstd', args, { stdio: ['pipe', 'pipe', 'inherit'] });
}

async function throughProgram(
  args: readonly string[],
  connect: (child: Child) => Promise<void>[],
): Promise<void> {
  const child = spawnZstd(args);
  const ended = once(child, 'close') as Promise<[number | null]>;
  try {
    const [[status]] = await Promise.all([ended, ...connect(child)]);
    if (status !== 0) throw new Error(`zstd ended with ${String(status)}`);
  } finally {
    child.kill();
  }
}

function hasProgram(name: string, path: string): boolean {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .some((folder) => isExecutable(join(folder, name)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
