import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { SECOND } from '../../lib/time.ts';
import { BackupError } from '../backup/failure.ts';
import type { PostgresTool } from './tools.ts';

export interface ToolRun {
  args: readonly string[];
  /** Variables besides those of this process. */
  env?: Readonly<Record<string, string>>;
  /** Called again and again while it runs; a rejection ends it. */
  breathe?: () => Promise<void>;
  /** Reads what it prints. Default: nobody does. */
  read?: (printed: Readable) => Promise<void>;
}

const breathMs = 5 * SECOND;
const complaintChars = 2_000;

/** Runs a program of PostgreSQL to its end. Rejects with a `BackupError` that has its last words. */
export async function runTool(
  { path }: PostgresTool,
  { args, env = {}, breathe = () => Promise.resolve(), read }: ToolRun,
): Promise<void> {
  const child = spawn(path, args, {
    env: { ...process.env, ...env, LC_ALL: 'C' },
    stdio: ['ignore', read === undefined ? 'ignore' : 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-complaintChars);
  });
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const reading = child.stdout === null ? undefined : read?.(child.stdout);
  // Whichever of the two fails first is told; the other one must not pass for forgotten.
  reading?.catch(() => undefined);
  ended.catch(() => undefined);
  try {
    while ((await Promise.race([ended, delay(breathMs, undefined, { ref: false })])) === undefined)
      await breathe();
    await reading;
    const [code, signal] = await ended;
    if (code === 0) return;
    const how = code === null ? `was ended by ${String(signal)}` : `ended with ${code}`;
    throw new BackupError('failed', `${basename(path)} ${how}: ${complaint.trim()}`);
  } finally {
    child.kill();
  }
}
