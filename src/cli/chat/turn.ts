import { randomUUID } from 'node:crypto';
import { noteRead } from '../ask.ts';
import { connect, currentPaths } from '../connect.ts';
import { paint } from '../paint.ts';
import { oneLine } from '../printable.ts';
import { putWatched } from '../put-watched.ts';
import { createReplyDisplay } from '../reply-display.ts';

/** One message and its reply. */
export interface Turn {
  /** Resolves when the reply is whole, was stopped, or was left. */
  ended: Promise<void>;
  /** Has the reply stopped; false where that was said before. */
  stop(): boolean;
  /** Reads no further; what is done goes on. */
  leave(): void;
}

/** Says a text and prints what comes back, as it comes. */
export function takeTurn(conversation: string, text: string): Turn {
  const display = createReplyDisplay(false);
  const left = new AbortController();
  let isStopping = false;
  let isTold = false;
  const tellStop = async (): Promise<void> => {
    const id = display.taskId();
    if (!isStopping || isTold || id === undefined) return;
    isTold = true;
    // It may have ended by itself a moment ago.
    await connect()
      .ask('task.cancel', { id })
      .catch(() => undefined);
  };
  const run = async (): Promise<void> => {
    const dedupKey = randomUUID();
    const payload = { text, dedupKey, conversation };
    const event = { priority: 'HUMAN', source: 'cli', category: 'ask', payload } as const;
    try {
      for await (const message of putWatched(currentPaths(), event, dedupKey, { signal: left.signal })) {
        display.show(message);
        void tellStop();
        if (message.type !== 'ended') continue;
        display.close();
        const { state, reason, outcome } = message;
        if (state !== 'done')
          process.stdout.write(`${paint('yellow', oneLine(`${state}: ${reason ?? outcome}`))}\n`);
        await noteRead(conversation);
      }
    } catch (thrown) {
      if (!left.signal.aborted) throw thrown;
    } finally {
      display.close();
    }
  };
  return {
    ended: run(),
    stop() {
      if (isStopping) return false;
      isStopping = true;
      void tellStop();
      return true;
    },
    leave: () => left.abort(),
  };
}
