/** Spans of time that come one by one, since the last reading. */
export interface Spans {
  note(ms: number): void;
  /** What was noted since the last reading; mean and most are null where nothing was. */
  read(): { count: number; meanMs: number | null; maxMs: number | null };
  /** Since the start. */
  totals(): { count: number; sumMs: number };
}

/** See `Spans`. It keeps sums and no spans, so that it costs nothing to note one. */
export function createSpans(): Spans {
  const all = { count: 0, sumMs: 0 };
  let read = { count: 0, sumMs: 0, maxMs: 0 };
  return {
    note(ms) {
      all.count += 1;
      all.sumMs += ms;
      read.count += 1;
      read.sumMs += ms;
      if (ms > read.maxMs) read.maxMs = ms;
    },
    read() {
      const { count, sumMs, maxMs } = read;
      read = { count: 0, sumMs: 0, maxMs: 0 };
      if (count === 0) return { count, meanMs: null, maxMs: null };
      return { count, meanMs: round(sumMs / count), maxMs: round(maxMs) };
    },
    totals: () => ({ count: all.count, sumMs: round(all.sumMs) }),
  };
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
