import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Transform } from 'node:stream';
import { messageOf } from '../../lib/errors.ts';
import { blockBytes, endOfArchive, headerOf, paddingOf, readHeader } from '../../lib/tar/header.ts';
import { type Codec, compress, decompress } from './codec.ts';
import { BackupError } from './failure.ts';
import { pathBeside } from './leftovers.ts';
import { type Manifest, parseManifest } from './manifest.ts';
import { pacedWriter } from './paced.ts';

/** Bytes of a compressed stream within a file. */
export interface Payload {
  path: string;
  codec: Codec;
  offset: number;
  bytes: number;
}

const suffixes = { zstd: 'zst', gzip: 'gz' } as const;
const manifestName = 'manifest.json';
const maxManifestBytes = 512 * 1024 * 1024;

/** An archive that is being written: nothing has its name before `finish`. */
export interface Draft {
  payload: Payload;
  sha256: string;
  /** Writes the manifest, flushes all to the disk and gives the archive its name. */
  finish(manifest: Manifest): Promise<void>;
  /** Removes what there is. */
  discard(): Promise<void>;
}

/**
 * Writes an archive beside its place: a plain tar of the compressed home, `home.tar.zst` or `home.tar.gz`, and of `manifest.json`
 * behind it, so that the manifest is found without reading the home. The header of the first is written last.
 */
export async function writeArchive(
  path: string,
  codec: Codec,
  content: AsyncIterable<Buffer>,
): Promise<Draft> {
  const beside = pathBeside(path, 'partial');
  const file = await open(beside, 'wx', 0o600);
  const discard = async (): Promise<void> => {
    await file.close().catch(() => undefined);
    await rm(beside, { force: true });
  };
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    await compress(codec, content, {
      seen: (chunk) => {
        hash.update(chunk);
        bytes += chunk.length;
      },
      into: pacedWriter(file, blockBytes),
    });
    await file.sync();
    return {
      payload: { path: beside, codec, offset: blockBytes, bytes },
      sha256: hash.digest('hex'),
      discard,
      async finish(manifest) {
        await writeRest(file, { codec, bytes, manifest });
        await file.sync();
        await file.close();
        await rename(beside, path);
        await syncFolder(dirname(path));
      },
    };
  } catch (thrown) {
    await discard();
    throw thrown;
  }
}

async function writeRest(
  file: FileHandle,
  { codec, bytes, manifest }: { codec: Codec; bytes: number; manifest: Manifest },
): Promise<void> {
  const text = Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`);
  const mtime = Date.parse(manifest.at) / 1000;
  const shape = { kind: 'file', mode: 0o600, mtime } as const;
  const rest = Buffer.concat([
    paddingOf(bytes),
    headerOf({ ...shape, path: manifestName, size: text.length }),
    text,
    paddingOf(text.length),
    endOfArchive,
  ]);
  await file.write(rest, 0, rest.length, blockBytes + bytes);
  const first = headerOf({ ...shape, path: `home.tar.${suffixes[codec]}`, size: bytes });
  await file.write(first, 0, first.length, 0);
}

/** Makes names in a folder last: a rename is on the disk when this resolves. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** An archive as it lies there. */
export interface Archive {
  path: string;
  manifest: Manifest;
  payload: Payload;
  /** Bytes of the whole file. */
  bytes: number;
}

/** Reads what an archive says of itself, and not its content. Throws a `BackupError` where it cannot be read as one. */
export async function openArchive(path: string): Promise<Archive> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new BackupError('failed', `cannot read the archive ${path}: ${messageOf(cause)}`, { cause });
  });
  try {
    const { size } = await file.stat();
    const first = await headerAt(file, path, 0);
    const codec =
      first?.path === 'home.tar.zst' ? 'zstd' : first?.path === 'home.tar.gz' ? 'gzip' : undefined;
    if (first === undefined || codec === undefined)
      throw damaged(path, 'it is no archive of ninjad, or its beginning is damaged');
    const at = blockBytes + first.size + paddingOf(first.size).length;
    if (at + blockBytes > size) throw damaged(path, 'it is cut');
    const second = await headerAt(file, path, at);
    if (second?.path !== manifestName || second.size > maxManifestBytes)
      throw damaged(path, 'its manifest is not where it should be');
    const end = at + blockBytes + second.size + paddingOf(second.size).length + endOfArchive.length;
    if (end !== size) throw damaged(path, size < end ? 'it is cut' : 'it goes on after its end');
    const text = Buffer.alloc(second.size);
    await file.read(text, 0, text.length, at + blockBytes);
    const manifest = parseManifest(text.toString('utf8'), path);
    return { path, manifest, payload: { path, codec, offset: blockBytes, bytes: first.size }, bytes: size };
  } finally {
    await file.close();
  }
}

async function headerAt(file: FileHandle, path: string, at: number) {
  const block = Buffer.alloc(blockBytes);
  const { bytesRead } = await file.read(block, 0, blockBytes, at);
  if (bytesRead < blockBytes) throw damaged(path, 'it is cut');
  try {
    return readHeader(block);
  } catch (cause) {
    throw damaged(path, messageOf(cause));
  }
}

function damaged(path: string, why: string): BackupError {
  return new BackupError('damaged', `the archive ${path} is damaged: ${why}`);
}

/** The content of an archive, with the checksum of its compressed bytes once it was read to its end. */
export function readPayload({ path, codec, offset, bytes }: Payload): {
  content: AsyncIterable<Buffer>;
  sha256: () => string;
} {
  const hash = createHash('sha256');
  const raw = createReadStream(path, { start: offset, end: Math.max(offset, offset + bytes - 1) });
  const meter = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  raw.on('error', (error) => meter.destroy(error));
  meter.on('close', () => raw.destroy());
  return { content: decompress(codec, raw.pipe(meter)), sha256: () => hash.digest('hex') };
}
