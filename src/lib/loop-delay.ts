import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** How late the event loop came to a timer, in milliseconds, since `since` (epoch milliseconds). */
export interface LoopDelay {
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  since: number;
}

export interface LoopMonitor {
  /** The delays since the first reading of the last minute, or since the last reading where that is longer ago. */
  read(): LoopDelay;
  /** True while the loop has just come to a timer more than a second late: what takes long should not begin now. */
  isStalled(): boolean;
}

const resolutionMs = 20;
const windowMs = 60_000;
const tickMs = 250;
const stallMs = 1_000;

/** Watches the event loop of this process: by timers that keep nothing alive. */
export function createLoopMonitor(now: () => number = Date.now): LoopMonitor {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  let since = now();
  let tickedAt = performance.now();
  let lateMs = 0;
  const sinceDue = (): number => performance.now() - tickedAt - tickMs;
  setInterval(() => {
    lateMs = sinceDue();
    tickedAt = performance.now();
  }, tickMs).unref();
  return {
    isStalled: () => Math.max(lateMs, sinceDue()) > stallMs,
    read() {
      const delay = delayOf(histogram, since);
      if (now() - since >= windowMs) {
        histogram.reset();
        since = now();
      }
      return delay;
    },
  };
}

/** The histogram holds the time from one tick to the next, so the timer's own period is taken off. */
function delayOf(histogram: IntervalHistogram, since: number): LoopDelay {
  const late = (nanoseconds: number): number =>
    histogram.count === 0 ? 0 : Math.max(0, Math.round(nanoseconds / 1e4) / 100 - resolutionMs);
  return {
    p50Ms: late(histogram.percentile(50)),
    p99Ms: late(histogram.percentile(99)),
    maxMs: late(histogram.max),
    since,
  };
}
