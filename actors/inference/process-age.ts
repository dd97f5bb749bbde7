/** Limits past which a fresh process takes the place of one. */
export interface AgeLimits {
  batches: number;
  /** Resident memory beyond what it had after its first batch with the models that it has. */
  growthBytes: number;
}

/** Default limits of a process: the runtime's memory grows with the largest batch and does not shrink. */
export const defaultAgeLimits: AgeLimits = { batches: 20_000, growthBytes: 1024 ** 3 };

/** Counts how much a process has done, and tells when that is enough. */
export function createProcessAge({ batches, growthBytes }: AgeLimits) {
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
