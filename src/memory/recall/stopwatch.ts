/** Measures the stages of one piece of work. */
export interface Stopwatch {
  time<T>(stage: string, work: () => Promise<T>): Promise<T>;
  /** Milliseconds that each stage took, in the order of their ends, `total` last. Stages may overlap. */
  laps(): { stage: string; ms: number }[];
}

/** A stopwatch that runs from now on. */
export function createStopwatch(): Stopwatch {
  const startedAt = performance.now();
  const laps: { stage: string; ms: number }[] = [];
  return {
    async time(stage, work) {
      const from = performance.now();
      try {
        return await work();
      } finally {
        laps.push({ stage, ms: performance.now() - from });
      }
    },
    laps: () => [...laps, { stage: 'total', ms: performance.now() - startedAt }],
  };
}
