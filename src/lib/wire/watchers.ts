/** Lines that somebody waits for, by deduplication key, until they are safe on the disk. */
export interface Watchers {
  /** Starts waiting for a key; returns the function that stops it. */
  watch(dedupKey: string): () => void;
  isAnyoneWaiting(): boolean;
  /** A line with this key has been accepted; it ends at this journal position. */
  noteAccepted(dedupKey: string, endPosition: number): void;
  /** The journal is on the disk up to here: announces the watched lines before it, in order. */
  noteSynced(position: number): void;
}

/** See `Watchers`. `announce` is called once a watched line. */
export function createWatchers(announce: (dedupKey: string) => void): Watchers {
  const watched = new Map<string, number>();
  const accepted: Array<{ dedupKey: string; endPosition: number }> = [];
  return {
    watch(dedupKey) {
      watched.set(dedupKey, (watched.get(dedupKey) ?? 0) + 1);
      let hasLeft = false;
      return () => {
        if (hasLeft) return;
        hasLeft = true;
        const left = (watched.get(dedupKey) ?? 1) - 1;
        if (left === 0) watched.delete(dedupKey);
        else watched.set(dedupKey, left);
      };
    },
    isAnyoneWaiting: () => watched.size > 0,
    noteAccepted(dedupKey, endPosition) {
      if (watched.has(dedupKey)) accepted.push({ dedupKey, endPosition });
    },
    noteSynced(position) {
      while (accepted[0] !== undefined && accepted[0].endPosition <= position) {
        announce((accepted.shift() as { dedupKey: string }).dedupKey);
      }
    },
  };
}
