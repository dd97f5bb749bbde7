import type { PreparedText } from '../../src/memory/keep/prepare-text.ts';
import { createThread } from '../threads/thread.ts';

/** Prepares texts for remembering in a thread of its own. */
export interface TextPreparer {
  /** Rejects where the thread dies under it or takes too long; the next text gets a new thread. */
  prepare(text: string): Promise<PreparedText>;
  /** Ends the thread until it is needed again. */
  close(): Promise<void>;
}

const defaultDeadlineMs = 300_000;
const maxHeapMib = 512;

/** See `TextPreparer`: loading the rules of the redactor alone takes 0.2 s, which the daemon's own loop does not have. */
export function createTextPreparer({ deadlineMs = defaultDeadlineMs } = {}): TextPreparer {
  const thread = createThread<string>({
    entry: new URL('./text-worker.ts', import.meta.url),
    failure: 'the text could not be prepared',
    deadlineMs,
    maxHeapMib,
  });
  return { prepare: (text) => thread.ask<PreparedText>(text), close: () => thread.close() };
}
