/** A throttle as it is counted: so many within so long. */
export interface ThrottleLimit {
  /** What it is counted for; another limit, or another source, is another name. */
  key: string;
  count: number;
  windowMs: number;
}

/** How many events passed which throttle lately: the small state between an event and its route. */
export interface Throttles {
  /** True where one more may pass at this time (epoch milliseconds), and counts it as passed. */
  pass(limit: ThrottleLimit, at: number): boolean;
}

const maxKeys = 4096;

/** The times at which the last ones passed, the oldest at `next` once it is full. */
interface Passed {
  times: number[];
  next: number;
}

/**
 * Sliding windows: no stretch of a window's length sees more than its count, whenever it begins. Of each throttle the last
 * `count` times are kept, of at most 4,096 throttles and sources; beyond, the one that was asked least lately begins anew.
 */
export function createThrottles(): Throttles {
  const passed = new Map<string, Passed>();

  const of = (key: string): Passed => {
    const known = passed.get(key) ?? { times: [], next: 0 };
    // The order of a Map is that of its insertions: whoever is asked for moves to its end.
    passed.delete(key);
    if (passed.size >= maxKeys) passed.delete(passed.keys().next().value as string);
    passed.set(key, known);
    return known;
  };

  return {
    pass({ key, count, windowMs }, at) {
      const { times, next } = of(key);
      const oldest = times.length < count ? undefined : (times[next] as number);
      // A time ahead of this one is from before the clock went back, and holds nobody up.
      if (oldest !== undefined && oldest > at - windowMs && oldest <= at) return false;
      times[next] = at;
      of(key).next = (next + 1) % count;
      return true;
    },
  };
}

/** Throttles that let everybody through, for a look at the rules alone. */
export const openThrottles: Throttles = { pass: () => true };
