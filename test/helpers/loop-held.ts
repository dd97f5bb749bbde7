import { readFileSync } from 'node:fs';

const tickMs = 5;

/** For how long the turns of the loop held it, in milliseconds: the 99th percentile and the longest. */
export interface LoopHeld {
  p99Ms: number;
  longestMs: number;
}

/**
 * Measures for how long this thread held its event loop while something went on, by computing or by waiting itself. What other
 * processes took the processor away for does not count where the kernel tells it (Linux: the second number of
 * `/proc/thread-self/schedstat` is the nanoseconds for which the thread could have run and did not).
 */
export async function loopHeldWhile(work: () => Promise<unknown>): Promise<LoopHeld> {
  const held: number[] = [];
  let [last, lastDeprived] = [performance.now(), deprivedMs()];
  const timer = setInterval(() => {
    const [now, deprived] = [performance.now(), deprivedMs()];
    held.push(Math.max(0, now - last - tickMs - (deprived - lastDeprived)));
    [last, lastDeprived] = [now, deprived];
  }, tickMs);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  const sorted = held.sort((one, other) => one - other);
  return { p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0, longestMs: sorted.at(-1) ?? 0 };
}

function deprivedMs(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}
