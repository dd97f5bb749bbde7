import { createHash } from 'node:crypto';
import { type FileHandle, lstat, open, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../lib/errors.ts';
import { headerOf, paddingOf, type TarEntry } from '../../lib/tar/header.ts';
import { isUnfinished } from './contents.ts';
import type { LeftOut, PackedFile } from './manifest.ts';

/** What was packed so far. */
export interface Packing {
  files: PackedFile[];
  leftOut: LeftOut[];
  unread: LeftOut[];
  /** Called now and then while bytes go through. */
  breathe: () => Promise<void>;
}

export interface TreeOptions {
  /** Paths, relative to the tree, that are passed over. */
  skip?: (path: string) => boolean;
  /** Files that are larger are left out and said. Default: none are. */
  maxFileBytes?: number;
  /** Why a file is left out and said; undefined where it is not. Default: none is. */
  why?: (path: string) => Promise<string | undefined>;
  /** How much of a file that has this size is taken; the rest comes while it is read. Default: all. */
  cut?: (path: string, size: number) => number;
}

const chunkBytes = 256 * 1024;

/** Packs a folder with all that is in it. What vanishes meanwhile is no error, and sockets and pipes are passed over. */
export async function* packTree(
  packing: Packing,
  root: string,
  path: string,
  options: TreeOptions = {},
): AsyncGenerator<Buffer> {
  const names = await readdir(join(root, path), { encoding: 'buffer' }).catch((thrown: unknown) => {
    noteUnread(packing, path, thrown);
    return undefined;
  });
  if (names === undefined) return;
  const found = await lstat(join(root, path)).catch(() => undefined);
  if (found === undefined) return;
  yield headerOf({ ...shapeOf(found), path, kind: 'folder', size: 0 });
  for (const bytes of names.sort((a, b) => a.compare(b))) {
    const name = bytes.toString();
    if (Buffer.from(name).equals(bytes)) yield* packOne(packing, root, `${path}/${name}`, options);
    // An archive has no such name, and by this one there is no file.
    else noteForeignName(packing, `${path}/${name}`, options);
  }
}

/** Packs whatever is at a path. */
export async function* packOne(
  packing: Packing,
  root: string,
  path: string,
  options: TreeOptions = {},
): AsyncGenerator<Buffer> {
  if (options.skip?.(path) === true || isUnfinished(path)) return;
  const found = await lstat(join(root, path)).catch((thrown: unknown) => {
    noteUnread(packing, path, thrown);
    return undefined;
  });
  if (found === undefined) return;
  if (found.isDirectory()) yield* packTree(packing, root, path, options);
  else if (found.isSymbolicLink()) yield* packLink(packing, root, path);
  else if (found.isFile()) {
    const why =
      found.size > (options.maxFileBytes ?? Infinity)
        ? `it has ${found.size} bytes`
        : await options.why?.(path);
    if (why === undefined) yield* packFile(packing, root, path, options);
    else packing.leftOut.push({ path, why });
  }
}

async function* packLink(packing: Packing, root: string, path: string): AsyncGenerator<Buffer> {
  const link = await readlink(join(root, path)).catch(() => undefined);
  if (link === undefined) return;
  const sha256 = createHash('sha256').update(link).digest('hex');
  packing.files.push({ path, bytes: 0, sha256 });
  yield headerOf({ path, kind: 'link', size: 0, mode: 0o777, mtime: 0, link });
}

async function* packFile(
  packing: Packing,
  root: string,
  path: string,
  { cut = (_, size) => size }: TreeOptions,
): AsyncGenerator<Buffer> {
  let handle: FileHandle;
  try {
    handle = await open(join(root, path), 'r');
  } catch (thrown) {
    noteUnread(packing, path, thrown);
    return;
  }
  try {
    const found = await handle.stat();
    const size = cut(path, found.size);
    yield headerOf({ ...shapeOf(found), path, kind: 'file', size });
    const hash = createHash('sha256');
    for await (const chunk of bytesOf(handle, size)) {
      hash.update(chunk);
      yield chunk;
      await packing.breathe();
    }
    yield paddingOf(size);
    packing.files.push({ path, bytes: size, sha256: hash.digest('hex') });
  } finally {
    await handle.close();
  }
}

/** As many bytes as were there at the beginning: a file that shrinks meanwhile goes on in zeros, as PostgreSQL does it. */
async function* bytesOf(handle: FileHandle, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < size;) {
    const wanted = Math.min(chunkBytes, size - at);
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(wanted), 0, wanted, at);
    const chunk = bytesRead === 0 ? Buffer.alloc(wanted) : buffer.subarray(0, bytesRead);
    at += chunk.length;
    yield chunk;
  }
}

/** Packs a text that lies nowhere. */
export function* packText(packing: Packing, path: string, text: string): Generator<Buffer> {
  const body = Buffer.from(text);
  yield headerOf({ path, kind: 'file', size: body.length, mode: 0o600, mtime: 0 });
  yield body;
  yield paddingOf(body.length);
  packing.files.push({ path, bytes: body.length, sha256: createHash('sha256').update(body).digest('hex') });
}

function shapeOf({ mode, mtimeMs }: { mode: number; mtimeMs: number }): Pick<TarEntry, 'mode' | 'mtime'> {
  return { mode: mode & 0o777, mtime: mtimeMs / 1000 };
}

/** Agents keep what they like in their folders; elsewhere it is something that the backup should have had. */
function noteForeignName({ leftOut, unread }: Packing, path: string, { maxFileBytes }: TreeOptions): void {
  (maxFileBytes === undefined ? unread : leftOut).push({ path, why: 'its name is not UTF-8' });
}

function noteUnread({ unread }: Packing, path: string, thrown: unknown): void {
  if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return;
  unread.push({ path, why: messageOf(thrown) });
}
