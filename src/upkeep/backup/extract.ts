import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '../../lib/errors.ts';
import type { TarItem } from '../../lib/tar/read.ts';
import { readTar } from '../../lib/tar/read.ts';
import { type Archive, readPayload, syncFolder } from './archive.ts';
import type { PackedFile } from './manifest.ts';
import { paced } from './paced.ts';

/** Something that an archive has otherwise than its manifest says. */
export interface Fault {
  kind: 'damaged' | 'missing';
  path: string;
  problem: string;
}

export interface ExtractOptions {
  /** Paths that are written out; the others are only looked at. Default: none. */
  into?: { folder: string; takes: (path: string) => boolean };
  /** Files whose bytes are compared. Default: all. */
  compares?: (path: string) => boolean;
  /** True where all has to be on the disk at the end. Default false. */
  flush?: boolean;
}

/**
 * Reads an archive to its end and compares each file with the manifest; resolves to what is wrong. Links are made last, so that
 * no file is ever written through one.
 */
export async function extract(
  {
    manifest,
    payload,
  }: Pick<Archive, 'payload'> & { manifest: { files: readonly PackedFile[]; sha256?: string } },
  { into, compares = () => true, flush = false }: ExtractOptions = {},
): Promise<Fault[]> {
  const expected = new Map(manifest.files.map((file) => [file.path, file]));
  const faults: Fault[] = [];
  const links: { path: string; to: string }[] = [];
  const seen = new Set<string>();
  const { content, sha256 } = readPayload(payload);
  try {
    for await (const item of readTar(content)) {
      const { entry } = item;
      const place = into?.takes(entry.path) === true ? join(into.folder, entry.path) : undefined;
      if (entry.kind === 'folder') {
        if (place !== undefined) await mkdir(place, { recursive: true, mode: 0o700 });
        continue;
      }
      if (seen.has(entry.path)) {
        faults.push({ kind: 'damaged', path: entry.path, problem: 'the archive has it twice' });
        continue;
      }
      seen.add(entry.path);
      if (entry.kind === 'link' && place !== undefined) links.push({ path: place, to: entry.link ?? '' });
      const looks = compares(entry.path);
      const got = await take(item, { place: entry.kind === 'file' ? place : undefined, looks, flush });
      const wanted = expected.get(entry.path);
      expected.delete(entry.path);
      const problem = differenceOf(wanted, got);
      if (problem !== undefined) faults.push({ kind: 'damaged', path: entry.path, problem });
    }
    await makeLinks(links);
  } catch (thrown) {
    // What the disk says of our own writing is no fault of the archive.
    if (isOfTheDisk(thrown)) throw thrown;
    return [...faults, { kind: 'damaged', path: payload.path, problem: messageOf(thrown) }];
  }
  if (flush && into !== undefined) await syncFolder(into.folder);
  for (const path of expected.keys())
    faults.push({ kind: 'missing', path, problem: 'the archive does not have it' });
  if (manifest.sha256 !== undefined && faults.length === 0 && manifest.sha256 !== sha256())
    faults.push({
      kind: 'damaged',
      path: payload.path,
      problem: 'its bytes are not those that were written',
    });
  return faults;
}

/** The deepest first: a link below another one finds a folder in that one's place, and not what it leads to. */
async function makeLinks(links: readonly { path: string; to: string }[]): Promise<void> {
  const deepestFirst = [...links].sort((a, b) => b.path.split('/').length - a.path.split('/').length);
  for (const { path, to } of deepestFirst) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await symlink(to, path);
  }
}

interface Taken {
  bytes: number;
  /** Undefined where nobody looks. */
  sha256: string | undefined;
}

async function take(
  { entry, body }: TarItem,
  { place, looks, flush }: { place: string | undefined; looks: boolean; flush: boolean },
): Promise<Taken> {
  const hash = createHash('sha256');
  if (entry.kind === 'link') hash.update(entry.link ?? '');
  const file = place === undefined ? undefined : await createFile(place, entry.mode);
  const wrote = file && paced(file);
  try {
    for await (const chunk of body) {
      if (looks) hash.update(chunk);
      await file?.writeFile(chunk);
      await wrote?.(chunk.length);
    }
    if (flush) await file?.sync();
  } finally {
    await file?.close();
  }
  return { bytes: entry.size, sha256: looks ? hash.digest('hex') : undefined };
}

async function createFile(path: string, mode: number): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // Nobody else may read it, whatever it was: an archive is as private as the home.
  return open(path, 'wx', mode & 0o700);
}

function differenceOf(wanted: PackedFile | undefined, got: Taken): string | undefined {
  if (wanted === undefined) return 'the manifest does not know it';
  if (wanted.bytes !== got.bytes) return `it has ${got.bytes} bytes instead of ${wanted.bytes}`;
  if (got.sha256 !== undefined && wanted.sha256 !== got.sha256) return 'its content was altered';
  return undefined;
}

/** That something is there already is the archive's fault: what it is taken out into was empty. */
function isOfTheDisk(thrown: unknown): boolean {
  const code = (thrown as NodeJS.ErrnoException).code ?? '';
  return ['ENOSPC', 'EACCES', 'EROFS', 'EDQUOT', 'EIO', 'EMFILE', 'ZSTD_MISSING', 'ENOENT'].includes(code);
}
