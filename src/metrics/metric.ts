import type { Tx } from '../lib/store/store.ts';

/** From and to which instant something is measured; `to` is not part of it. */
export interface Period {
  from: Date;
  to: Date;
}

/** What the number of a metric is. `share` is between 0 and 1. */
export type MetricUnit = 'share' | 'ms' | 'usd' | 'usd a day' | 'a day' | 'tokens' | 'count' | 'bytes';

/** Which way is better; `neither` for what only says how much there was. */
export type BetterWay = 'lower' | 'higher' | 'neither';

/** What a metric may be narrowed to, by a name after a colon: `task.failureRate:mail`. */
export type MetricSubject = 'category' | 'source' | 'goal' | 'channel';

/** What is known of a metric without measuring. */
export interface MetricTerms {
  unit: MetricUnit;
  better: BetterWay;
  /** Half a sentence: what the number says. */
  says: string;
}

/** Metrics that one statement measures. */
export interface MetricGroup {
  /** Name of the statement. */
  name: string;
  /** Null: of the whole only. */
  by: MetricSubject | null;
  /** By full name; the statement has a column of each name. */
  metrics: Readonly<Record<string, MetricTerms>>;
  /** Rows of the period: one of the whole, whose subject is null, and one for each subject. */
  read: (store: Tx, period: Period) => Promise<MetricRow[]>;
}

/** What a group's statement answers: the columns of its metrics beside these two. */
export interface MetricRow {
  subject: string | null;
  /** How many rows the numbers rest on. */
  samples: number;
  [metric: string]: number | string | null;
}

/** A reader that runs one statement with the period as `$1` and `$2` and its length in days as `$3`. */
export function readBy(name: string, text: string): MetricGroup['read'] {
  return async (store, { from, to }) => {
    const days = (to.getTime() - from.getTime()) / 86_400_000;
    if (days <= 0) return [];
    const { rows } = await store.query<MetricRow>({
      name: `metrics-${name}`,
      text,
      values: [from, to, days],
    });
    return rows;
  };
}
