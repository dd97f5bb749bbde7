import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const stderrTailChars = 4_096;

/** Reads a child's stderr as it comes, and returns a function that gives its last 4,096 characters. */
export function stderrTail(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-stderrTailChars);
  });
  return () => tail.trim();
}

/**
 * Resolves to a sentence about how a child ended, such as `the embedded database was killed by SIGKILL`, once it is gone
 * and its streams are closed; `complaint` is what it said about it. Never rejects.
 */
export async function howItEnded(
  child: ChildProcess,
  name: string,
  complaint: () => string,
): Promise<string> {
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    const how = signal === null ? `exited with ${code ?? 'no code'}` : `was killed by ${signal}`;
    const why = complaint();
    return `${name} ${how}${why === '' ? '' : `: ${why}`}`;
  } catch (thrown) {
    return `${name} could not be started: ${String(thrown)}`;
  }
}
