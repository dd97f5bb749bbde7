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
const maxTexts = 256;

/** See `TextPreparer`: loading the rules of the redactor alone takes 0.2 s, which the daemon's own loop does not have. */
export function createTextPreparer({ deadlineMs = defaultDeadlineMs } = {}): TextPreparer {
  const thread = createThread<readonly string[]>({
    entry: new URL('./text-worker.ts', import.meta.url),
    failure: 'the text could not be prepared',
    deadlineMs,
    maxHeapMib,
  });
  let next: { texts: string[]; answers: Promise<PreparedText[]> } | undefined;
  return {
    async prepare(text) {
      next ??= begin();
      const { texts, answers } = next;
      const place = texts.push(text) - 1;
      if (texts.length === maxTexts) next = undefined;
      return (await answers)[place] as PreparedText;
    },
    close: () => thread.close(),
  };

  /** What is asked for in one turn of the loop goes to the thread in one message. */
  function begin(): NonNullable<typeof next> {
    const texts: string[] = [];
    const answers = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      if (next?.texts === texts) next = undefined;
      return thread.ask<PreparedText[]>(texts);
    });
    return { texts, answers };
  }
}
