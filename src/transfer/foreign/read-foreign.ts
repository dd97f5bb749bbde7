import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { openPromise } from 'yauzl';
import { z } from 'zod';
import { messageOf, UsageError } from '../../lib/errors.ts';
import { arrayItems } from './array-items.ts';
import { isChatgpt, readChatgpt } from './chatgpt.ts';
import { isClaude, readClaude } from './claude.ts';
import type { ForeignProblem, ForeignText } from './document.ts';
import { filesBelow } from './folder.ts';
import { readMarkdown } from './markdown.ts';
import { decodeText } from './text-decoder.ts';

type Found = ForeignText | ForeignProblem;
/** Told of bytes that were read. */
type OnRead = (bytes: number) => void;

/** conversations.json, or its parts where the export is large. */
const conversationsName = /(?:^|\/)conversations(?:-\d+)?\.json$/;
const markdownName = /\.(?:md|markdown)$/i;
const maxMarkdownBytes = 50 * 1024 * 1024;

/** How many bytes `readForeign` will read of a path, unpacked; 0 where it cannot be read. */
export async function foreignBytes(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 0;
  if (found.isDirectory()) {
    const { files } = await filesBelow(path, isRead);
    const sizes = await Promise.all(
      files.map((file) =>
        stat(file.path).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  }
  return isZip(path) ? zipBytes(path) : found.size;
}

/**
 * The texts of what ChatGPT or Claude has exported (the zip, or its conversations.json) or of Markdown (a file, a folder with all
 * below it, or a zip), one after the other. What cannot be read is a problem between them; throws a `UsageError` for a path that
 * is none of these. `onRead` is told of the bytes as they are read.
 */
export async function* readForeign(path: string, onRead: OnRead = () => undefined): AsyncGenerator<Found> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new UsageError(`${path} cannot be read: ${messageOf(cause)}`, { cause });
  });
  if (found.isDirectory()) yield* readFolder(path, onRead);
  else if (isZip(path)) yield* readZip(path, onRead);
  else if (extname(path).toLowerCase() === '.json')
    yield* readConversations(counted(createReadStream(path), onRead), basename(path));
  else if (markdownName.test(path)) {
    yield await markdownOf(basename(path), () => readFile(path), found);
    onRead(found.size);
  } else
    throw new UsageError(
      `${path}: expected an export of ninjad, a zip or conversations.json of ChatGPT or Claude, or Markdown`,
    );
}

function isZip(path: string): boolean {
  return extname(path).toLowerCase() === '.zip';
}

async function* counted(chunks: AsyncIterable<Buffer>, onRead: OnRead): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    yield chunk;
    onRead(chunk.length);
  }
}

async function* readConversations(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<Found> {
  let number = 0;
  try {
    for await (const item of arrayItems(chunks)) {
      number += 1;
      yield conversationOf(item, `${name}, conversation ${number}`);
    }
  } catch (thrown) {
    yield { problem: `${name}, after conversation ${number}: ${messageOf(thrown)}` };
  }
}

function conversationOf(item: string, where: string): Found {
  try {
    const value: unknown = JSON.parse(item);
    if (isChatgpt(value)) return readChatgpt(value);
    if (isClaude(value)) return readClaude(value);
    return { problem: `${where}: expected a conversation of ChatGPT or Claude` };
  } catch (thrown) {
    return { problem: `${where}: ${whatIsWrong(thrown).slice(0, 200)}` };
  }
}

/** What a person can look for: the place and the first thing that is wrong there. */
function whatIsWrong(thrown: unknown): string {
  const [issue] = thrown instanceof z.ZodError ? thrown.issues : [];
  if (issue === undefined) return messageOf(thrown);
  const message = issue.message.replace(/^Invalid input: /, '');
  return issue.path.length === 0 ? message : `${issue.path.map(String).join('.')}: ${message}`;
}

/** Files that a folder is read for. */
const isRead = (name: string): boolean => markdownName.test(name) || conversationsName.test(name);

async function* readFolder(folder: string, onRead: OnRead): AsyncGenerator<Found> {
  const { files, problems } = await filesBelow(folder, isRead);
  for (const problem of problems) yield { problem };
  if (files.length === 0)
    throw new UsageError(`${folder}: expected an export of ninjad, Markdown files, or conversations.json`);
  for (const { name, path } of files) {
    if (conversationsName.test(name)) {
      yield* readConversations(counted(createReadStream(path), onRead), name);
      continue;
    }
    const about = await stat(path).catch((thrown: unknown) => messageOf(thrown));
    if (typeof about === 'string') {
      yield { problem: `${name}: ${about}` };
      continue;
    }
    yield await markdownOf(name, () => readFile(path), about);
    onRead(about.size);
  }
}

/** By what the zip says of its entries; 0 where that cannot be read. */
async function zipBytes(path: string): Promise<number> {
  const zip = await openPromise(path).catch(() => undefined);
  let bytes = 0;
  try {
    for await (const { fileName, uncompressedSize } of zip?.eachEntry() ?? [])
      if (conversationsName.test(fileName) || markdownName.test(fileName)) bytes += uncompressedSize;
  } catch {
    return 0;
  } finally {
    zip?.close();
  }
  return bytes;
}

async function* readZip(path: string, onRead: OnRead): AsyncGenerator<Found> {
  let isKnown = false;
  const zip = await openPromise(path).catch((cause: unknown) => {
    throw new UsageError(`${path} cannot be read as a zip: ${messageOf(cause)}`, { cause });
  });
  try {
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName;
      if (conversationsName.test(name)) {
        isKnown = true;
        yield* readConversations(counted(await zip.openReadStreamPromise(entry), onRead), name);
      } else if (markdownName.test(name)) {
        isKnown = true;
        const read = async (): Promise<Buffer> => {
          const chunks: Buffer[] = [];
          for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
          return Buffer.concat(chunks);
        };
        const mtime = entry.getLastModDate();
        yield await markdownOf(name, read, { size: entry.uncompressedSize, mtime, birthtime: mtime });
        onRead(entry.uncompressedSize);
      }
    }
  } catch (thrown) {
    yield { problem: `${basename(path)}: ${messageOf(thrown)}` };
    isKnown = true;
  } finally {
    zip.close();
  }
  if (!isKnown) throw new UsageError(`${path}: expected conversations.json or Markdown in it`);
}

async function markdownOf(
  name: string,
  read: () => Promise<Buffer>,
  { size, mtime, birthtime }: { size: number; mtime: Date; birthtime: Date },
): Promise<Found> {
  if (size > maxMarkdownBytes)
    return { problem: `${name}: it has ${size} bytes, more than ${maxMarkdownBytes}` };
  try {
    const text = decodeText(await read());
    return readMarkdown(name, text, birthtime.getTime() > 0 && birthtime < mtime ? birthtime : mtime, mtime);
  } catch (thrown) {
    return {
      problem: `${name}: ${thrown instanceof TypeError ? 'expected UTF-8 or UTF-16' : messageOf(thrown)}`,
    };
  }
}
