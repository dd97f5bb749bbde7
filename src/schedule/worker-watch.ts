/** A worker whose beat has stood still for so long is gone. */
export const goneAfterMs = 90_000;

/**
 * Watches the beats of other workers by a clock that cannot jump; returns, each time it is shown them, those that are gone.
 * After a start it takes as long until anybody can be known to be gone.
 */
export function createWorkerWatch(monotonicMs: () => number = () => performance.now()) {
  let seen = new Map<string, { beat: number; since: number }>();
  return (workers: readonly { worker: string; beat: number }[]): string[] => {
    const now = monotonicMs();
    seen = new Map(
      workers.map(({ worker, beat }) => {
        const before = seen.get(worker);
        return [worker, before?.beat === beat ? before : { beat, since: now }];
      }),
    );
    return [...seen].filter(([, { since }]) => now - since >= goneAfterMs).map(([worker]) => worker);
  };
}
