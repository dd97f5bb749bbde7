import type { FileHandle } from 'node:fs/promises';
import { messageOf } from '../../lib/errors.ts';
import { blockBytes, endOfArchive, paddingOf, type RawHeader, readHeader } from '../../lib/tar/header.ts';
import type { Codec } from './codec.ts';
import { damaged } from './failure.ts';

/** The names in an archive: the compressed home ends in one of these. */
export const suffixes = { zstd: 'zst', gzip: 'gz' } as const;
export const manifestName = 'manifest.json';
export const sumsName = 'manifest.sha256';

const codecs = new Map<string, Codec>([
  [`home.tar.${suffixes.zstd}`, 'zstd'],
  [`home.tar.${suffixes.gzip}`, 'gzip'],
]);
const maxManifestBytes = 512 * 1024 * 1024;
const maxSumsBytes = 1_000;
/** tar(1) fills an archive up to its record with zeros. */
const maxEndBytes = 10_240 + endOfArchive.length;

/** What stands around the content of an archive. */
export interface Outer {
  home: { codec: Codec; bytes: number };
  manifest: Buffer;
  /** Undefined in archives of before there was one. */
  sums: string | undefined;
}

interface Place {
  path: string;
  bytes: number;
}

/**
 * Reads all of an archive but its content. Every byte of it is looked at: whatever was altered, cut or added is found. Throws a
 * `BackupError`.
 */
export async function readOuter(file: FileHandle, place: Place): Promise<Outer> {
  const { path } = place;
  const first = await entryAt(file, place, 0);
  const codec = codecs.get(first?.path ?? '');
  if (first === undefined || codec === undefined)
    throw damaged(path, 'it is no archive of ninjad, or its beginning is damaged');
  const second = await entryAt(file, place, first.next);
  if (second?.path !== manifestName || second.size > maxManifestBytes)
    throw damaged(path, 'its manifest is not where it should be');
  const manifest = await bodyOf(file, second);
  const third = await entryAt(file, place, second.next);
  if (third !== undefined && (third.path !== sumsName || third.size > maxSumsBytes))
    throw damaged(path, `it has ${JSON.stringify(third.path)} where nothing should be`);
  const sums = third === undefined ? undefined : (await bodyOf(file, third)).toString('utf8');
  await requireEnd(file, place, (third ?? second).next);
  return { home: { codec, bytes: first.size }, manifest, sums };
}

/** Whether the first header is that of an archive. */
export async function beginsAsArchive(file: FileHandle): Promise<boolean> {
  const block = await bytesAt(file, 0, blockBytes);
  try {
    return block.length === blockBytes && codecs.has(readHeader(block)?.path ?? '');
  } catch {
    return false;
  }
}

/** An entry: where its bytes begin, and where the next one does. */
interface Entry extends Pick<RawHeader, 'path' | 'size'> {
  body: number;
  next: number;
}

async function entryAt(file: FileHandle, { path, bytes }: Place, at: number): Promise<Entry | undefined> {
  const block = await bytesAt(file, at, blockBytes);
  if (block.length < blockBytes) throw damaged(path, 'it is cut');
  const header = headerOf(block, path);
  if (header === undefined) return undefined;
  const body = at + blockBytes;
  const padding = paddingOf(header.size).length;
  const next = body + header.size + padding;
  if (next > bytes) throw damaged(path, 'it is cut');
  if (!isZero(await bytesAt(file, body + header.size, padding)))
    throw damaged(path, `there is something behind ${header.path}`);
  return { path: header.path, size: header.size, body, next };
}

function headerOf(block: Buffer, path: string): RawHeader | undefined {
  let header: RawHeader | undefined;
  try {
    header = readHeader(block);
  } catch (cause) {
    throw damaged(path, messageOf(cause));
  }
  // The end of the checksum's own field is in no sum.
  if (header !== undefined && block.readUInt16BE(154) !== endOfSum)
    throw damaged(path, 'a header of the archive is damaged');
  return header;
}

/** NUL and a space, as every tar writes them. */
const endOfSum = 0x0020;

function bodyOf(file: FileHandle, { body, size }: Entry): Promise<Buffer> {
  return bytesAt(file, body, size);
}

async function requireEnd(file: FileHandle, { path, bytes }: Place, at: number): Promise<void> {
  const left = bytes - at;
  if (left < endOfArchive.length) throw damaged(path, 'it is cut');
  if (left > maxEndBytes || !isZero(await bytesAt(file, at, left)))
    throw damaged(path, 'it goes on after its end');
}

async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, at);
  return buffer.subarray(0, bytesRead);
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
