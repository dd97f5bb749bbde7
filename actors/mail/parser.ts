import type { MailSource, ReadMail } from '../../src/mail/read-mail.ts';
import { createThread } from '../threads/thread.ts';
import type { ParseTask } from './parse-worker.ts';

/** Reads mails in a thread: what was made to hang or to fill the memory ends the thread and nothing else. */
export interface MailParser {
  /** Rejects where it takes longer than `deadlineMs`, needs more than 256 MB, or fails. One at a time. */
  read(source: MailSource): Promise<ReadMail>;
  close(): Promise<void>;
}

const defaultDeadlineMs = 5_000;
const maxHeapMib = 256;
/** To load the library takes a second of a busy machine, for which no mail is to blame. */
const warmAttempts = 4;

/** See `MailParser`. */
export function createMailParser({
  deadlineMs = defaultDeadlineMs,
}: { deadlineMs?: number } = {}): MailParser {
  const thread = createThread<ParseTask>({
    entry: new URL('./parse-worker.ts', import.meta.url),
    failure: 'the mail could not be read',
    deadlineMs,
    maxHeapMib,
  });
  let queue: Promise<unknown> = Promise.resolve();

  async function warm(): Promise<void> {
    for (let attempt = 1; !thread.isRunning() && attempt < warmAttempts; attempt += 1)
      await thread.ask({ type: 'warm' }).catch(() => undefined);
  }

  return {
    read(source) {
      const turn = queue.then(async () => {
        await warm();
        return thread.ask<ReadMail>({ type: 'read', source });
      });
      queue = turn.catch(() => undefined);
      return turn;
    },
    close: () => thread.close(),
  };
}
