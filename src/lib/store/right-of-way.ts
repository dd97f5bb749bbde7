import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from './store.ts';

/** Lets those who are waited for by somebody have the store before work that can wait. */
export interface RightOfWay {
  /** Does a work that goes before background work, which is not begun meanwhile. */
  first: <T>(work: () => Promise<T>) => Promise<T>;
  /** The same for the answer to a question, which large works of `first` let pass, see `unasked`. */
  answer: <T>(work: () => Promise<T>) => Promise<T>;
  /** Resolves once no answer is under way, and after `maxMs` at the latest. */
  unasked: (maxMs: number) => Promise<void>;
  /**
   * The store for background work: each statement or transaction waits for its turn before it is begun, and all such work is
   * done one after the other, so that whoever goes first never waits behind more than one of them. `isAwaited`: true while somebody
   * waits for that very work, which then waits for nobody. Default: never.
   */
  after: (store: Store, isAwaited?: () => boolean) => Store;
  /** Background work that waits for its turn begins now, since somebody waits for what it leads to. */
  hurry: () => void;
}

/**
 * See `RightOfWay`. `maxWaitMs`: the longest that background work waits for its turn; then it goes on for a quarter of that without
 * another wait, so that it never starves.
 */
export function createRightOfWay({ maxWaitMs = defaultMaxWaitMs } = {}): RightOfWay {
  let going = 0;
  let answers = 0;
  let waiting: (() => void)[] = [];
  const answered = new Set<() => void>();
  let freeUntil = -Infinity;

  const wakeAll = (): void => {
    const woken = waiting;
    waiting = [];
    for (const go of woken) go();
  };

  const release = (): void => {
    // Somebody who comes at once, such as the next statement of the same question, still goes first.
    setImmediate(() => {
      if (going === 0) wakeAll();
    });
  };

  const turn = async (): Promise<void> => {
    if (going === 0 || performance.now() < freeUntil) return;
    const over = new AbortController();
    await Promise.race([
      new Promise<void>((resolve) => waiting.push(resolve)),
      delay(maxWaitMs, undefined, { signal: over.signal, ref: false }).then(
        () => void (freeUntil = performance.now() + maxWaitMs / 4),
        () => undefined,
      ),
    ]);
    over.abort();
  };

  let last = Promise.resolve();
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    const before = last;
    let done = (): void => undefined;
    last = new Promise((resolve) => (done = resolve));
    await before;
    try {
      await turn();
      return await work();
    } finally {
      done();
    }
  };

  const first = async <T>(work: () => Promise<T>): Promise<T> => {
    going += 1;
    try {
      return await work();
    } finally {
      going -= 1;
      if (going === 0) release();
    }
  };

  return {
    first,
    async answer(work) {
      answers += 1;
      try {
        return await first(work);
      } finally {
        answers -= 1;
        if (answers === 0) for (const go of answered) go();
      }
    },
    unasked(maxMs) {
      if (answers === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const go = (): void => {
          clearTimeout(timer);
          answered.delete(go);
          resolve();
        };
        const timer = setTimeout(go, maxMs);
        answered.add(go);
      });
    },
    after(store, isAwaited = () => false) {
      const turned = <T>(work: () => Promise<T>): Promise<T> => (isAwaited() ? work() : inTurn(work));
      return {
        query: (statement) => turned(() => store.query(statement)),
        transaction: (work) => turned(() => store.transaction(work)),
      };
    },
    hurry: wakeAll,
  };
}

const defaultMaxWaitMs = 100;
