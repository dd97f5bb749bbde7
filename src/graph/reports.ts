import type { WireEvent } from '../lib/wire/parse-line.ts';

/** Chooses among the events that are only recorded those that are worth reading into the graph. */
export interface ReportReader {
  /** True where this one is to be read; asked once for each event, in their order. */
  wants(event: Pick<WireEvent, 'source' | 'category' | 'text'>): boolean;
}

export interface ReportLimits {
  /** Reports read in a minute at most. */
  readsPerMinute: number;
  /** Reports looked at in a second at most: a flood must not cost the router its time. */
  looksPerSecond: number;
  /** Shapes that are remembered. */
  shapes: number;
}

const defaultLimits: ReportLimits = { readsPerMinute: 30, looksPerSecond: 200, shapes: 2_000 };
const shapeChars = 300;
/** Numbers alone, such as `91%`, name nobody. */
const saysSomething = /\p{L}{2}/u;

/**
 * Reports say the same again and again with other numbers: of each shape (source, category and text without its digits)
 * one is read, until so many others have come that it is new again. Reports of a flood beyond the limits are recorded
 * and not read.
 */
export function createReportReader(
  limits: Partial<ReportLimits> = {},
  now: () => number = Date.now,
): ReportReader {
  const { readsPerMinute, looksPerSecond, shapes } = { ...defaultLimits, ...limits };
  const known = new Set<string>();
  const looks = allowance(looksPerSecond, 1_000);
  const reads = allowance(readsPerMinute, 60_000);

  function isNew(shape: string): boolean {
    const isKnown = known.delete(shape);
    known.add(shape);
    if (known.size > shapes) known.delete(known.values().next().value as string);
    return !isKnown;
  }

  return {
    wants({ source, category, text }) {
      const at = now();
      if (category === 'heartbeat' || !looks.take(at)) return false;
      if (!saysSomething.test(text)) return false;
      const shape = `${source}|${category}|${text.slice(0, shapeChars).replaceAll(/\d+/g, '0')}`;
      return isNew(shape) && reads.take(at);
    },
  };
}

/** Allows so many in each period, which begins with the first one after the last. */
function allowance(most: number, periodMs: number) {
  let endsAt = 0;
  let left = 0;
  return {
    take(at: number): boolean {
      if (at >= endsAt) {
        endsAt = at + periodMs;
        left = most;
      }
      left -= 1;
      return left >= 0;
    },
  };
}
