import { ownValue } from '../lib/own-value.ts';
import type { Tx } from '../lib/store/store.ts';
import { metricGroups, metricNamed } from './catalogue.ts';
import type { BetterWay, MetricGroup, MetricRow, MetricUnit, Period } from './metric.ts';

/** A metric over a period. */
export interface Measured {
  /** With the subject after a colon where it is of one: `task.failureRate:mail`. */
  metric: string;
  unit: MetricUnit;
  better: BetterWay;
  says: string;
  /** Null where the period has nothing to measure it by. */
  value: number | null;
  /** How many rows the value rests on. */
  samples: number;
}

/** A metric over two periods. */
export interface Compared extends Measured {
  /** The value of the other period. */
  before: number | null;
  samplesBefore: number;
}

/** Measures one metric; undefined where no metric has that name. Of a subject that did nothing the value is null. */
export async function measure(store: Tx, name: string, period: Period): Promise<Measured | undefined> {
  const named = metricNamed(name);
  if (named === undefined) return undefined;
  const rows = await named.group.read(store, period);
  const row = rows.find(({ subject }) => subject === named.subject);
  const { unit, better, says } = named;
  return {
    metric: name,
    unit,
    better,
    says,
    value: row === undefined ? idle({ ...named, metric: name }) : valueOf(row, named.base),
    samples: row?.samples ?? 0,
  };
}

/** How many subjects of each metric are told: those with the most rows. */
const subjectsTold = 20;

/** Measures all metrics: of the whole, and of the busiest subjects. Metrics without a value are left out. */
export async function measureAll(store: Tx, period: Period): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const group of metricGroups) measured.push(...told(group, await group.read(store, period)));
  return measured;
}

/** Measures all metrics over a period beside another one, such as the one before. */
export async function compareAll(store: Tx, period: Period, other: Period): Promise<Compared[]> {
  const compared: Compared[] = [];
  for (const group of metricGroups) {
    const before = await group.read(store, other);
    for (const one of told(group, await group.read(store, period))) {
      const named = metricNamed(one.metric);
      const row = before.find(({ subject }) => subject === (named?.subject ?? null));
      compared.push({
        ...one,
        before: row === undefined ? idle(one) : valueOf(row, named?.base ?? ''),
        samplesBefore: row?.samples ?? 0,
      });
    }
  }
  return compared;
}

function told(group: MetricGroup, rows: readonly MetricRow[]): Measured[] {
  const whole = rows.filter(({ subject }) => subject === null);
  const subjects = rows
    .filter(({ subject }) => subject !== null)
    .sort((one, other) => other.samples - one.samples)
    .slice(0, subjectsTold);
  return Object.entries(group.metrics).flatMap(([base, terms]) =>
    [...whole, ...subjects].flatMap((row) => {
      const value = valueOf(row, base);
      const metric = row.subject === null ? base : `${base}:${row.subject}`;
      return value === null ? [] : [{ metric, ...terms, value, samples: row.samples }];
    }),
  );
}

/** What was counted and did not happen is none; what has no rows to be measured by is not known. */
function idle({ unit, metric }: { unit: MetricUnit; metric: string }): number | null {
  const isCounted = unit === 'a day' || unit === 'usd a day';
  return isCounted && metricNamed(metric)?.group.by !== null ? 0 : null;
}

function valueOf(row: MetricRow | undefined, base: string): number | null {
  const value = row === undefined ? undefined : ownValue(row, base);
  return typeof value === 'number' ? value : null;
}
