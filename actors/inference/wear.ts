/** How much one process may do before a fresh one takes its place. */
export interface WearLimits {
  batches: number;
  /** Resident memory beyond what it had after its first batch with the models that it has. */
  growthBytes: number;
}

/** What a process may do by default: the runtime's memory grows with the largest batch and does not shrink. */
export const defaultWear: WearLimits = { batches: 20_000, growthBytes: 1024 ** 3 };

/** Counts what a process does. */
export function createWear({ batches, growthBytes }: WearLimits) {
  let done = 0;
  let firstRssBytes: number | undefined;
  return {
    /** A fresh process, or one with a further model. */
    begin(): void {
      done = 0;
      firstRssBytes = undefined;
    },
    /** Counts a batch; true when the process has done enough. `rssBytes` is its resident memory now. */
    isWorn(rssBytes: number): boolean {
      done += 1;
      firstRssBytes ??= rssBytes;
      return done >= batches || rssBytes - firstRssBytes > growthBytes;
    },
  };
}
