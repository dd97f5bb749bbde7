import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../lib/errors.ts';
import { MINUTE, SECOND } from '../../lib/time.ts';
import { sensorKind } from '../look.ts';
import { whyUnreachable } from '../mounts.ts';
import { judgeHigh } from '../thresholds.ts';
import { path } from './fields.ts';

const settings = z.strictObject({
  path,
  /** A regular expression that a line has to match somewhere. */
  pattern: z
    .string()
    .min(1)
    .max(500)
    .refine((text) => isPattern(text), 'expected a regular expression'),
  ignoreCase: z.boolean().default(false),
  count: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(1)
    .describe('Matching lines within the window that make it worth telling'),
  criticalCount: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('Matching lines within the window that make it critical; default: never'),
  windowMinutes: z
    .number()
    .min(0.01)
    .max(7 * 24 * 60)
    .default(10),
});

interface Memory {
  inode: number;
  /** Up to where the file was read. */
  offset: number;
  /** Lines that matched, by when they were read: `[epoch milliseconds, how many]`. */
  matched: [number, number][];
  /** The last few of them, for `show` alone: others than the owner may have written them. */
  last: string[];
}

const maxBytesALook = 16 * 1024 * 1024;
const chunkBytes = 256 * 1024;
const maxLineBytes = 64 * 1024;
const maxLast = 3;

/**
 * Lines of a log that match a pattern, by how many there were in a window of time. It reads on where it stopped, also over a
 * rotation: what was still written into the old file is read from there. What a line says is never a part of the event.
 */
export const log = sensorKind<z.output<typeof settings>, Memory>({
  kind: 'log',
  says: 'how often lines of a log match a pattern',
  everyMs: MINUTE,
  timeoutMs: 30 * SECOND,
  settings,
  async look(given, context, { memory, levelOf }) {
    const unreachable = await whyUnreachable(given.path, context);
    if (unreachable !== undefined) return unknown(unreachable, memory);
    const pattern = new RegExp(given.pattern, given.ignoreCase ? 'iu' : 'u');
    const now = context.now().getTime();
    try {
      const read = await readOn(given.path, memory, pattern, context.signal);
      const since = now - given.windowMinutes * MINUTE;
      const kept = [...(memory?.matched ?? []), [now, read.count] as [number, number]].filter(
        ([at, count]) => at > since && count > 0,
      );
      const value = kept.reduce((sum, [, count]) => sum + count, 0);
      const limits = { warning: given.count, critical: given.criticalCount ?? Infinity, slack: 0 };
      const level = judgeHigh(value, limits, levelOf(''));
      const lines = value === 1 ? 'one line matches' : `${value} lines match`;
      const skipped = read.skipped === 0 ? '' : `; ${read.skipped} bytes were too many to be read`;
      const text = `in ${basename(given.path)} ${lines} within ${given.windowMinutes} minutes${skipped}`;
      const last = [...(memory?.last ?? []), ...read.last].slice(-maxLast);
      return {
        findings: [{ subject: '', level, value, text }],
        memory: { inode: read.inode, offset: read.offset, matched: kept, last },
      };
    } catch (thrown) {
      return unknown(messageOf(thrown), memory);
    }
  },
});

function unknown(text: string, memory: Memory | undefined) {
  return {
    findings: [{ subject: '', level: 'unknown' as const, text }],
    ...(memory !== undefined && { memory }),
  };
}

interface Reading {
  inode: number;
  offset: number;
  count: number;
  last: string[];
  skipped: number;
}

async function readOn(
  file: string,
  before: Memory | undefined,
  pattern: RegExp,
  signal: AbortSignal,
): Promise<Reading> {
  const { ino, size } = await stat(file);
  // What stood there before the sensor is history.
  if (before === undefined) return { inode: ino, offset: size, count: 0, last: [], skipped: 0 };
  const isSame = before.inode === ino;
  const old = isSame ? undefined : await rotated(file, before.inode);
  const rest = old === undefined ? none : await scan(old, before.offset, pattern, signal);
  const from = isSame && size >= before.offset ? before.offset : 0;
  const fresh = await scan(file, from, pattern, signal);
  return {
    inode: ino,
    offset: fresh.offset,
    count: rest.count + fresh.count,
    last: [...rest.last, ...fresh.last],
    skipped: rest.skipped + fresh.skipped,
  };
}

const none = { offset: 0, count: 0, last: [], skipped: 0 };

/** The file that had this name before, by its inode. */
async function rotated(file: string, inode: number): Promise<string | undefined> {
  const names = await readdir(dirname(file)).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(basename(file).split('.')[0] ?? ''))) {
    const found = await stat(join(dirname(file), name)).catch(() => undefined);
    if (found?.isFile() === true && found.ino === inode) return join(dirname(file), name);
  }
  return undefined;
}

/** Counts the whole lines from `from` on; one that has no end yet is left for the next look. */
async function scan(
  file: string,
  from: number,
  pattern: RegExp,
  signal: AbortSignal,
): Promise<Omit<Reading, 'inode'>> {
  const handle: FileHandle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const skipped = Math.max(0, size - from - maxBytesALook);
    const found = { offset: from + skipped, count: 0, last: [] as string[], skipped };
    let rest = Buffer.alloc(0);
    let at = found.offset;
    while (at < size) {
      signal.throwIfAborted();
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(chunkBytes), 0, chunkBytes, at);
      if (bytesRead === 0) break;
      at += bytesRead;
      rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      const end = rest.lastIndexOf(0x0a);
      if (end === -1 && rest.length < maxLineBytes) continue;
      const whole = end === -1 ? rest : rest.subarray(0, end);
      for (const line of whole.toString('utf8').split('\n')) {
        if (!pattern.test(line)) continue;
        found.count += 1;
        found.last = [...found.last, line.slice(0, 300)].slice(-maxLast);
      }
      const used = end === -1 ? rest.length : end + 1;
      found.offset += used;
      rest = rest.subarray(used);
    }
    return found;
  } finally {
    await handle.close();
  }
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}
