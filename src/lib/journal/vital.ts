import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import type { Journal } from './journal.ts';

const flushMs = 5_000;

/**
 * Why the journal could take no line now, or undefined: what has come reaches the disk, and its disk takes a block more. A line
 * of its own would be an event.
 */
export async function journalProblem(
  journal: Pick<Journal, 'sync'>,
  dir: string,
): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`a flush took longer than ${flushMs / 1000} s`)), flushMs);
  });
  try {
    await Promise.race([Promise.all([journal.sync(), writeBlock(dir)]), late]);
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  } finally {
    clearTimeout(timer);
  }
}

async function writeBlock(dir: string): Promise<void> {
  // Beside the journal: its own folder holds nothing but segments.
  const folder = await mkdtemp(`${dir}-vital-`);
  try {
    await writeFile(join(folder, 'block'), Buffer.alloc(4_096, 1));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
