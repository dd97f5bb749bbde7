import type { Store } from '../../lib/store/store.ts';

/** Size of batches that keep the store busy for about as long as somebody else may have to wait. */
export interface BatchSize {
  current(): number;
  /** Learns from a batch: how many items it had and how long the store took for it, in milliseconds. */
  learn(items: number, tookMs: number): void;
}

/** Characters of one transaction. */
export const maxBatchChars = 200_000;

/** The embedded database has one session: a question waits for the transaction under way. */
const wantedMs = 10;
const least = 16;
const most = 200;
const start = 50;

/** See `BatchSize`. It never more than doubles or halves at once. */
export function createBatchSize(): BatchSize {
  let size = start;
  return {
    current: () => Math.round(size),
    learn(items, tookMs) {
      // A batch that was not full says little about a full one.
      if (items < size / 2 && tookMs < wantedMs) return;
      const fitting = (items * wantedMs) / Math.max(tookMs, 1);
      size = Math.min(most, Math.max(least, Math.min(size * 2, Math.max(size / 2, fitting))));
    },
  };
}

/** The same store, which says how long its transactions took without the wait for their turn, in milliseconds in all. */
export function timedStore(store: Store): Store & { tookMs: () => number } {
  let tookMs = 0;
  return {
    query: (statement) => store.query(statement),
    transaction: (work) =>
      store.transaction(async (tx) => {
        const startedAt = performance.now();
        try {
          return await work(tx);
        } finally {
          tookMs += performance.now() - startedAt;
        }
      }),
    tookMs: () => tookMs,
  };
}
