import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from './store.ts';

/** Lets those who are waited for by somebody have the store before work that can wait. */
export interface RightOfWay {
  /** Does a work that goes before background work, which is not begun meanwhile. */
  first: <T>(work: () => Promise<T>) => Promise<T>;
  /** The store for background work: each statement or transaction waits for its turn before it is begun. */
  after: (store: Store) => Store;
}

/**
 * See `RightOfWay`. `maxWaitMs`: the longest that background work waits for its turn; then it goes on as long without another
 * wait, so that it never starves.
 */
export function createRightOfWay({ maxWaitMs = defaultMaxWaitMs } = {}): RightOfWay {
  let going = 0;
  let waiting: (() => void)[] = [];
  let freeUntil = -Infinity;

  const release = (): void => {
    // Somebody who comes at once, such as the next statement of the same question, still goes first.
    setImmediate(() => {
      if (going > 0) return;
      const woken = waiting;
      waiting = [];
      for (const go of woken) go();
    });
  };

  const turn = async (): Promise<void> => {
    if (going === 0 || performance.now() < freeUntil) return;
    const over = new AbortController();
    await Promise.race([
      new Promise<void>((resolve) => waiting.push(resolve)),
      delay(maxWaitMs, undefined, { signal: over.signal, ref: false }).then(
        () => void (freeUntil = performance.now() + maxWaitMs),
        () => undefined,
      ),
    ]);
    over.abort();
  };

  return {
    async first(work) {
      going += 1;
      try {
        return await work();
      } finally {
        going -= 1;
        if (going === 0) release();
      }
    },
    after: (store) => ({
      async query(statement) {
        await turn();
        return store.query(statement);
      },
      async transaction(work) {
        await turn();
        return store.transaction(work);
      },
    }),
  };
}

const defaultMaxWaitMs = 100;
