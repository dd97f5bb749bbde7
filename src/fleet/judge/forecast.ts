import { DAY } from '../../lib/time.ts';

/** One measurement of a disk: epoch milliseconds, and bytes. */
export interface DiskPoint {
  at: number;
  used: number;
  total: number;
}

const leastSpanMs = DAY;
const leastPoints = 12;
/** Pairs grow with the square of the points. */
const mostPoints = 120;
const fullShare = 0.8;
const littleFree = 5 * 1024 ** 3;
/** A date further away than this is none that anybody could act on. */
const horizonMs = 365 * DAY;

/** Whether a disk is worth a prediction: more than 80 % used, or less than 5 GB free. */
export function isWorthPredicting({ used, total }: Pick<DiskPoint, 'used' | 'total'>): boolean {
  return total > 0 && (used / total > fullShare || total - used < littleFree);
}

/**
 * When a disk will be full if it goes on as it does; null where that cannot be said or it will not be. The slope is the median
 * of those of all pairs of points (Theil–Sen), which a burst of writes does not move; that of the later half has to rise too,
 * so that one step long ago is no growth.
 */
export function predictFull(given: readonly DiskPoint[], now: number): Date | null {
  const points = thin(
    given
      .filter(({ at, used, total }) => at <= now && Number.isFinite(used) && total > 0)
      .sort((a, b) => a.at - b.at),
  );
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < leastPoints) return null;
  if (last.at - first.at < leastSpanMs || !isWorthPredicting(last)) return null;
  // A disk that was made larger or smaller is another one.
  const same = points.filter(({ total }) => Math.abs(total - last.total) <= last.total * 0.01);
  if (same.length < leastPoints || last.at - (same[0]?.at ?? last.at) < leastSpanMs) return null;
  const later = same.slice(Math.floor(same.length / 2));
  const slope = Math.min(medianSlope(same), medianSlope(later));
  if (!(slope > 0)) return null;
  const leftMs = (last.total - last.used) / slope;
  return leftMs > horizonMs ? null : new Date(Math.max(now, last.at + leftMs));
}

/** Bytes a millisecond. */
export function medianSlope(points: readonly DiskPoint[]): number {
  const slopes: number[] = [];
  points.forEach((one, index) => {
    for (const other of points.slice(index + 1))
      if (other.at > one.at) slopes.push((other.used - one.used) / (other.at - one.at));
  });
  if (slopes.length === 0) return 0;
  slopes.sort((a, b) => a - b);
  const middle = Math.floor(slopes.length / 2);
  const upper = slopes[middle] ?? 0;
  return slopes.length % 2 === 1 ? upper : ((slopes[middle - 1] ?? 0) + upper) / 2;
}

/** Evenly spread points, the first and the last among them. */
function thin(points: readonly DiskPoint[]): DiskPoint[] {
  if (points.length <= mostPoints) return [...points];
  return Array.from(
    { length: mostPoints },
    (_, index) => points[Math.round((index * (points.length - 1)) / (mostPoints - 1))] as DiskPoint,
  );
}

/** What is predicted within it is told. */
export const toldWithinMs = 14 * DAY;
/** A prediction that goes beyond it is over. */
export const forgottenBeyondMs = 28 * DAY;
/** Points of this age are looked at. */
export const lookedBackMs = 7 * DAY;
