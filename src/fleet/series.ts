import type { Tx } from '../lib/store/store.ts';
import { DAY, HOUR } from '../lib/time.ts';
import { diskShares } from './host.ts';
import { type ReportRow } from './rows/reports.ts';
import { readSpans, type SeriesPoint, stepFor } from './rows/spans.ts';

/** Ranges of the plots. */
export const ranges = { hour: HOUR, day: DAY, week: 7 * DAY, quarter: 92 * DAY, years: 731 * DAY } as const;
export type Range = keyof typeof ranges;

/** A series of a host for plots. */
export interface HostSeries {
  /** Span that a point stands for, in seconds; 0: one report. */
  stepS: number;
  points: SeriesPoint[];
}

const mostPoints = 3_000;

/** The series of a host over a range: reports as they came while the points stay few, summaries beyond. */
export async function readSeries(
  store: Tx,
  { hostId, range, now, rawDays }: { hostId: number; range: Range; now: Date; rawDays: number },
): Promise<HostSeries> {
  const since = new Date(now.getTime() - ranges[range]);
  const step = stepFor(ranges[range], rawDays * DAY);
  if (step !== 0) {
    const points = await readSpans(store, { hostId, step, since });
    // A host that is new has no summary of its first days.
    if (points.length > 1) return { stepS: step, points };
  }
  const { rows } = await store.query<
    Pick<ReportRow, 'state' | 'load1' | 'cpu_count' | 'disks'> & {
      at: Date;
      used: number | null;
      total: number | null;
    }
  >({
    name: 'fleet-series',
    text: `SELECT at, state, load1, cpu_count, memory_used_bytes AS used, memory_total_bytes AS total, disks FROM (
             SELECT * FROM fleet_reports WHERE machine_id = $1 AND at >= $2 ORDER BY at DESC LIMIT ${mostPoints}) newest
           ORDER BY at`,
    values: [hostId, since],
  });
  return {
    stepS: 0,
    points: rows.map(({ at, state, load1, cpu_count: cores, used, total, disks }) => ({
      at,
      answered: state === 'down' ? 0 : 1,
      figures: {
        ...(load1 !== null && cores !== null && cores > 0 && { load: load1 / cores }),
        ...(used !== null && total !== null && total > 0 && { memory: used / total }),
        ...Object.fromEntries(
          Object.entries(diskShares(disks)).map(([path, share]) => [`disk:${path}`, share]),
        ),
      },
      greatest: {},
    })),
  };
}
