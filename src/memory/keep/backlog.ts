/** Whether much waits to be remembered, seen from work that can wait until that is done. */
export interface Backlog {
  /** Notes whether one of those who are at it has left something for its next pass. */
  note(keeper: 'memories' | 'vectors', isMore: boolean): void;
  /** True while something is left, for ten minutes at a stretch: then the others go on beside it. */
  isInTheWay(): boolean;
}

const defaultMaxMs = 600_000;

/** See `Backlog`. */
export function createBacklog({ maxMs = defaultMaxMs, now = () => performance.now() } = {}): Backlog {
  const busy = new Set<string>();
  let since = 0;
  return {
    note(keeper, isMore) {
      if (isMore && busy.size === 0) since = now();
      if (isMore) busy.add(keeper);
      else busy.delete(keeper);
    },
    isInTheWay: () => busy.size > 0 && now() - since < maxMs,
  };
}
