import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Transform } from 'node:stream';
import { messageOf } from '../../lib/errors.ts';
import { blockBytes, endOfArchive, headerOf, paddingOf } from '../../lib/tar/header.ts';
import { type Codec, compress, decompress } from './codec.ts';
import { BackupError, damaged } from './failure.ts';
import { pathBeside } from './leftovers.ts';
import { type Manifest, parseManifest } from './manifest.ts';
import { beginsAsArchive, manifestName, readOuter, suffixes, sumsName } from './outer.ts';
import { pacedWriter } from './paced.ts';

/** Bytes of a compressed stream within a file. */
export interface Payload {
  path: string;
  codec: Codec;
  offset: number;
  bytes: number;
}

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
 * Writes an archive beside its place: a plain tar of the compressed home, `home.tar.zst` or `home.tar.gz`, of `manifest.json`
 * behind it, so that the manifest is found without reading the home, and of `manifest.sha256` for sha256sum(1). The header of the
 * first is written last.
 */
export async function writeArchive(
  path: string,
  codec: Codec,
  content: AsyncIterable<Buffer>,
): Promise<Draft> {
  const beside = pathBeside(path, 'partial');
  const file = await open(beside, 'wx', 0o600).catch((cause: unknown) => {
    throw new BackupError('failed', `nothing can be written into ${dirname(path)}: ${messageOf(cause)}`, {
      cause,
    });
  });
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
        await giveName(beside, path);
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
  const whole = (path: string, body: Buffer): Buffer[] => [
    headerOf({ ...shape, path, size: body.length }),
    body,
    paddingOf(body.length),
  ];
  const rest = Buffer.concat([
    paddingOf(bytes),
    ...whole(manifestName, text),
    ...whole(sumsName, Buffer.from(sumsOf(text))),
    endOfArchive,
  ]);
  await file.write(rest, 0, rest.length, blockBytes + bytes);
  const first = headerOf({ ...shape, path: `home.tar.${suffixes[codec]}`, size: bytes });
  await file.write(first, 0, first.length, 0);
}

/** The line of sha256sum(1) for a manifest. */
function sumsOf(manifest: Buffer): string {
  return `${createHash('sha256').update(manifest).digest('hex')}  ${manifestName}\n`;
}

/** A name that somebody has taken meanwhile is theirs. */
async function giveName(beside: string, path: string): Promise<void> {
  try {
    await link(beside, path);
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') throw new BackupError('failed', `${path} is there already: name another one`);
    // File systems without hard links, such as FAT and some of networks.
    return rename(beside, path);
  }
  await rm(beside, { force: true });
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

/**
 * Reads what an archive says of itself, and not its content; each byte of the former is checked. `schema` is the newest migration
 * that is known here. Throws a `BackupError` where it cannot be read as one, and where a later program made it.
 */
export async function openArchive(path: string, { schema }: { schema?: number } = {}): Promise<Archive> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new BackupError('failed', `cannot read the archive ${path}: ${messageOf(cause)}`, { cause });
  });
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new BackupError('failed', `${path} is no archive: expected a file`);
    const { home, manifest: text, sums } = await readOuter(file, { path, bytes: found.size });
    const manifest = parseManifest(text.toString('utf8'), path);
    // A later program may check itself in another way: it is named before anything else is looked at.
    if (schema !== undefined) refuseNewer({ path, manifest }, schema);
    if (sums !== undefined && sums !== sumsOf(text)) throw damaged(path, 'its manifest was altered');
    const { codec, bytes } = home;
    return { path, manifest, payload: { path, codec, offset: blockBytes, bytes }, bytes: found.size };
  } finally {
    await file.close();
  }
}

/** Whether a file begins as an archive does, whole or not. */
export async function isArchive(path: string): Promise<boolean> {
  if (!path.endsWith('.tar')) return false;
  const file = await open(path, 'r').catch(() => undefined);
  try {
    return file !== undefined && (await beginsAsArchive(file));
  } finally {
    await file?.close();
  }
}

function refuseNewer({ path, manifest }: Pick<Archive, 'path' | 'manifest'>, schema: number): void {
  const { database, program } = manifest;
  if (database.schema <= schema) return;
  throw new BackupError(
    'otherVersion',
    `${path} has the schema ${database.schema}, written by ninjad ${program.version}, and this ninjad knows up to ${schema}: use a newer one`,
  );
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
