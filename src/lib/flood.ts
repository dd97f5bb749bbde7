import { MINUTE } from './time.ts';

/** A bound on what is said again and again. */
export interface Flood<Told> {
  /** True for the first few of a key in a minute; the others are only counted. `told` describes the key for `onMore`. */
  passes(key: string, told: Told): boolean;
}

export interface FloodOptions<Told> {
  /** How many of a key pass in a minute; default 5. */
  few?: number;
  /** How many keys are told apart in a minute; what comes past them shares one key. Default 100. */
  maxKeys?: number;
  /** Called when a minute is over, once for each key of which some did not pass; `told` is undefined for the shared key. */
  onMore: (told: Told | undefined, more: number) => void;
}

const windowMs = MINUTE;

/** See `Flood`. A minute begins with the first that comes after the last one; its end needs no further call. */
export function createFlood<Told>({ few = 5, maxKeys = 100, onMore }: FloodOptions<Told>): Flood<Told> {
  const counts = new Map<string, { told: Told | undefined; count: number }>();
  let endsAt = -Infinity;
  let timer: NodeJS.Timeout | undefined;

  const endMinute = (): void => {
    clearTimeout(timer);
    timer = undefined;
    endsAt = -Infinity;
    const ended = [...counts.values()];
    counts.clear();
    for (const { told, count } of ended) if (count > few) onMore(told, count - few);
  };

  const entryOf = (key: string, told: Told): { count: number } => {
    const known = counts.get(key) ?? (counts.size < maxKeys ? undefined : counts.get(''));
    if (known !== undefined) return known;
    const isShared = counts.size >= maxKeys;
    const entry = { told: isShared ? undefined : told, count: 0 };
    counts.set(isShared ? '' : key, entry);
    return entry;
  };

  return {
    passes(key, told) {
      const now = performance.now();
      if (now >= endsAt) {
        endMinute();
        endsAt = now + windowMs;
      }
      const entry = entryOf(key, told);
      entry.count += 1;
      if (entry.count <= few) return true;
      timer ??= setTimeout(endMinute, endsAt - now).unref();
      return false;
    },
  };
}
