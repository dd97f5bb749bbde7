import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { ConflictError, NotFoundError, UsageError } from '../lib/errors.ts';

/** A file that came with a message of the page, as the agent hears of it. */
export interface Attached {
  name: string;
  path: string;
  bytes: number;
  /** Its text, where it is a short text. */
  text: string | undefined;
}

/** A piece of a file on its way; pieces come in order, and one that came before may come again. */
export interface Piece {
  /** Made by the page once for each file. */
  upload: string;
  name: string;
  offset: number;
  totalBytes: number;
  data: Buffer;
}

/** A file of a message may have so many bytes. */
export const maxAttachmentBytes = 20 * 1024 * 1024;
/** Text up to here goes into the prompt. */
const maxTextBytes = 64 * 1024;

/**
 * Keeps a piece of a file in the folder that the owner's agents may read. Resolves to how many bytes are there. Rejects with a
 * `ConflictError` where a piece between is missing.
 */
export async function keepPiece(dir: string, piece: Piece): Promise<{ bytes: number; isWhole: boolean }> {
  const { offset, totalBytes, data } = piece;
  const end = offset + data.length;
  if (end > totalBytes) throw new UsageError(`expected at most ${totalBytes} bytes, got ${end}`);
  const path = pathOf(dir, piece);
  if ((await sizeOf(path)) === totalBytes) return { bytes: totalBytes, isWhole: true };
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const beside = `${path}.part`;
  const before = (await sizeOf(beside)) ?? 0;
  if (before < offset) throw new ConflictError(`expected the piece from byte ${before} on, got ${offset}`);
  const file = await open(beside, before === 0 ? 'w' : 'r+', 0o600);
  try {
    await file.write(data, 0, data.length, offset);
  } finally {
    await file.close();
  }
  const bytes = Math.max(before, end);
  if (bytes === totalBytes) await rename(beside, path);
  return { bytes, isWhole: bytes === totalBytes };
}

/** A file whose pieces are all there. Rejects with a `NotFoundError` where they are not. */
export async function attachedFile(dir: string, file: Pick<Piece, 'upload' | 'name'>): Promise<Attached> {
  const path = pathOf(dir, file);
  const bytes = await sizeOf(path);
  if (bytes === undefined)
    throw new NotFoundError(`the file ${JSON.stringify(file.name)} is not there: attach it again`);
  const text = bytes > maxTextBytes ? undefined : textIn(await readFile(path));
  return { name: file.name, path, bytes, text };
}

/** The words of a message with what the agent is to know of its files. */
export function withAttachments(text: string, files: readonly Attached[]): string {
  return [text, ...files.map(describe)].filter((part) => part !== '').join('\n\n');
}

function describe({ name, path, bytes, text }: Attached): string {
  const title = `Attached file ${JSON.stringify(name)}`;
  return text === undefined ? `${title} (${bytes} bytes) is at ${path}` : `${title}:\n${fenced(text)}`;
}

/** A fence longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([marks]) => marks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text.replace(/\n$/, '')}\n${fence}`;
}

function textIn(bytes: Buffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

/** A name that leaves no folder and hides nothing, whatever the file was called. */
function pathOf(dir: string, { upload, name }: Pick<Piece, 'upload' | 'name'>): string {
  const ending = extname(name)
    .replace(/[^A-Za-z0-9.]/g, '')
    .slice(0, 12);
  const stem = name
    .slice(0, name.length - extname(name).length)
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .slice(0, 60);
  return join(dir, `page-${upload}-${stem}${ending}`);
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}
