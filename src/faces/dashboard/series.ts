import { readSeries, stepFor } from '../../sensors/self-watch/samples.ts';
import type { Tx } from '../../lib/store/store.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../lib/time.ts';
import { taskSeries } from '../../tasks/rows/task-series.ts';

/** How far back the plots of *Now* reach, and the step of a point. */
export const seriesRanges = {
  quarter: { spanMs: 15 * MINUTE, stepS: 30 },
  day: { spanMs: DAY, stepS: 1800 },
  week: { spanMs: 7 * DAY, stepS: 4 * 3600 },
  month: { spanMs: 30 * DAY, stepS: 24 * 3600 },
} as const;
export type SeriesRange = keyof typeof seriesRanges;

/** Columns of equal length, oldest first; null where nothing was measured. All of it stands in the store. */
export interface NowSeries {
  range: SeriesRange;
  stepS: number;
  /** Epoch milliseconds of each step's begin. */
  at: number[];
  done: number[];
  failed: number[];
  costUsd: number[];
  /** Most events that waited at once. */
  waiting: (number | null)[];
}

/** How it went over a range up to now. */
export async function nowSeries(
  store: Tx,
  { range, worker, now }: { range: SeriesRange; worker: string; now: Date },
): Promise<NowSeries> {
  const { spanMs, stepS } = seriesRanges[range];
  const stepMs = stepS * SECOND;
  const until = new Date(Math.floor(now.getTime() / stepMs) * stepMs);
  const from = new Date(until.getTime() - spanMs);
  const points = await taskSeries(store, { from, until, stepS });
  const samples = await readSeries(store, {
    ...{ worker, since: from },
    step: stepFor(Math.min(spanMs, range === 'quarter' ? HOUR : spanMs)),
    names: ['mailboxDepth'],
  });
  const waiting = new Map<number, number>();
  for (const { at, greatest } of samples) {
    const step = Math.floor(new Date(at).getTime() / stepMs) * stepMs;
    const depth = greatest.mailboxDepth;
    if (depth != null) waiting.set(step, Math.max(waiting.get(step) ?? 0, depth));
  }
  return {
    range,
    stepS,
    at: points.map(({ at }) => at.getTime()),
    done: points.map(({ done }) => done),
    failed: points.map(({ failed }) => failed),
    costUsd: points.map(({ costUsd }) => costUsd),
    waiting: points.map(({ at }) => waiting.get(at.getTime()) ?? null),
  };
}
