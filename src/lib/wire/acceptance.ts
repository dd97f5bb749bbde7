import { markOfKey } from './event-key.ts';

/** Lines that somebody waits for, by their key (see `eventKey`), until they are safe on the disk. */
export interface Acceptance {
  /** Starts waiting for a key; returns the function that stops it. */
  watch(key: string): () => void;
  isAnyoneWaiting(): boolean;
  /** A line with this key, or with the mark of this key on its spool file, has been accepted; it ends at this journal position. */
  recordAccepted(keyOrMark: string, endPosition: number): void;
  /** The journal is on the disk up to here: announces the watched lines before it, in order. */
  recordSynced(position: number): void;
}

/** See `Acceptance`. `announce` is called once a watched line. */
export function createAcceptance(announce: (key: string) => void): Acceptance {
  const watched = new Map<string, number>();
  const keyOfMark = new Map<string, string>();
  const accepted: Array<{ key: string; endPosition: number }> = [];
  return {
    watch(key) {
      watched.set(key, (watched.get(key) ?? 0) + 1);
      keyOfMark.set(markOfKey(key), key);
      let hasLeft = false;
      return () => {
        if (hasLeft) return;
        hasLeft = true;
        const left = (watched.get(key) ?? 1) - 1;
        if (left > 0) {
          watched.set(key, left);
          return;
        }
        watched.delete(key);
        keyOfMark.delete(markOfKey(key));
      };
    },
    isAnyoneWaiting: () => watched.size > 0,
    recordAccepted(keyOrMark, endPosition) {
      const key = keyOfMark.get(keyOrMark) ?? keyOrMark;
      if (watched.has(key)) accepted.push({ key, endPosition });
    },
    recordSynced(position) {
      while (accepted[0] !== undefined && accepted[0].endPosition <= position) {
        announce((accepted.shift() as { key: string }).key);
      }
    },
  };
}
