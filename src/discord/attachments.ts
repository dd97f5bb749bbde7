import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../lib/errors.ts';
import { DAY, SECOND } from '../lib/time.ts';
import type { AttachmentPayload } from './payloads.ts';

/** A file of a message, as the agent hears of it. */
export type Fetched =
  | { kind: 'text'; name: string; text: string }
  | { kind: 'file'; name: string; path: string; bytes: number; type: string | undefined }
  | { kind: 'missing'; name: string; reason: string };

export interface AttachmentDeps {
  /** Folder of the files, which is made where it is missing. */
  dir: string;
  maxBytes: () => number;
  /** Whether a file may be fetched from there. */
  isAllowed: (url: URL) => boolean;
  fetch?: typeof fetch;
}

/** Text up to here goes into the prompt. */
const maxTextBytes = 64 * 1024;
const maxFiles = 10;
const fetchMs = 60 * SECOND;
const keptMs = 30 * DAY;
const textTypes = /^(?:text\/|application\/(?:json|xml|x?-?yaml|toml|javascript|x-sh|sql)\b)/;
const textNames =
  /\.(?:txt|md|log|csv|tsv|json|xml|ya?ml|toml|ini|conf|patch|diff|sh|py|[cm]?[jt]sx?|rs|go|java|c|h|cpp|sql|html?|css)$/i;

/**
 * Fetches the files of a message, since their addresses hold for a day only. Never rejects: what could not be had is said.
 * `again` gives fresh addresses where those have run out.
 */
export async function fetchAttachments(
  deps: AttachmentDeps,
  message: { id: string; attachments: readonly AttachmentPayload[] },
  again: () => Promise<readonly AttachmentPayload[]>,
): Promise<Fetched[]> {
  const fetched: Fetched[] = [];
  let fresh: readonly AttachmentPayload[] | undefined;
  for (const attachment of message.attachments.slice(0, maxFiles)) {
    let result = await fetchOne(deps, message.id, attachment);
    if (result.kind === 'missing' && result.isGone === true) {
      fresh ??= await again().catch(() => []);
      const renewed = fresh.find(({ id }) => id === attachment.id);
      if (renewed !== undefined) result = await fetchOne(deps, message.id, renewed);
    }
    if (result.kind === 'missing') delete result.isGone;
    fetched.push(result);
  }
  const left = message.attachments.length - maxFiles;
  if (left > 0)
    fetched.push({ kind: 'missing', name: `${left} more files`, reason: `at most ${maxFiles} are fetched` });
  return fetched;
}

/** Deletes files that were kept long enough. A folder that is not there is fine. */
export async function pruneAttachments(dir: string, now: number): Promise<void> {
  for (const name of await readdir(dir).catch(() => [])) {
    const path = join(dir, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() === true && now - found.mtimeMs > keptMs) await rm(path, { force: true });
  }
}

type Attempt =
  Exclude<Fetched, { kind: 'missing' }> | (Extract<Fetched, { kind: 'missing' }> & { isGone?: boolean });

async function fetchOne(
  deps: AttachmentDeps,
  messageId: string,
  attachment: AttachmentPayload,
): Promise<Attempt> {
  const { filename, size, content_type: type } = attachment;
  const name = filename.slice(0, 200);
  const maxBytes = deps.maxBytes();
  if (size > maxBytes)
    return missing(name, `it has ${megabytes(size)}, at most ${megabytes(maxBytes)} are fetched`);
  try {
    const path = join(deps.dir, safeName(messageId, attachment));
    const problem = await download(deps, attachment.url, path, maxBytes);
    if (problem !== undefined) return { ...missing(name, problem.reason), isGone: problem.isGone };
    const { size: bytes } = await stat(path);
    if (bytes > maxTextBytes || !isText(name, type))
      return { kind: 'file', name, path, bytes, type: type ?? undefined };
    const text = await readFile(path, 'utf8');
    return text.includes('\0') || text.includes('\uFFFD')
      ? { kind: 'file', name, path, bytes, type: type ?? undefined }
      : { kind: 'text', name, text };
  } catch (thrown) {
    return missing(name, `the download failed: ${messageOf(thrown)}`);
  }
}

async function download(
  { dir, isAllowed, fetch: get = fetch }: AttachmentDeps,
  address: string,
  path: string,
  maxBytes: number,
): Promise<{ reason: string; isGone: boolean } | undefined> {
  if (!URL.canParse(address) || !isAllowed(new URL(address)))
    return { reason: 'its address is not one of Discord', isGone: false };
  const answer = await get(address, { redirect: 'error', signal: AbortSignal.timeout(fetchMs) });
  if (!answer.ok || answer.body === null) {
    await answer.body?.cancel();
    return {
      reason: `Discord answered ${answer.status}`,
      isGone: answer.status === 403 || answer.status === 404,
    };
  }
  if (Number(answer.headers.get('content-length') ?? 0) > maxBytes) {
    await answer.body.cancel();
    return { reason: `it is larger than ${megabytes(maxBytes)}`, isGone: false };
  }
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const beside = `${path}.part`;
  try {
    const limit = limitBytes(maxBytes);
    await pipeline(Readable.fromWeb(answer.body as never), limit, createWriteStream(beside, { mode: 0o600 }));
    await rename(beside, path);
    return undefined;
  } catch (thrown) {
    await rm(beside, { force: true });
    throw thrown;
  }
}

function limitBytes(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(new Error(`it is larger than ${megabytes(maxBytes)}`));
      else done(null, chunk);
    },
  });
}

function missing(name: string, reason: string): Extract<Fetched, { kind: 'missing' }> {
  return { kind: 'missing', name, reason };
}

function isText(name: string, type: string | null | undefined): boolean {
  return textTypes.test(type ?? '') || textNames.test(name);
}

/** A name that leaves no folder and hides nothing, whatever the sender called the file. */
function safeName(messageId: string, { id, filename }: AttachmentPayload): string {
  const ending = extname(filename)
    .replace(/[^A-Za-z0-9.]/g, '')
    .slice(0, 12);
  const stem = filename
    .slice(0, filename.length - extname(filename).length)
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .slice(0, 60);
  return `${messageId}-${id}-${stem}${ending}`;
}

function megabytes(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
