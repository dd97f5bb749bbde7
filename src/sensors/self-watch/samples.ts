import type { Store, Tx } from '../../lib/store/store.ts';
import { DAY, HOUR, SECOND } from '../../lib/time.ts';
import { type FigureName, figureNames, type Figures } from './figures.ts';

/** Spans that samples stand for, in seconds: as they were measured, a minute, an hour. */
export const sampleSteps = [10, 60, 3600] as const;
export type SampleStep = (typeof sampleSteps)[number];

/** How long samples of each span are kept. */
const keptMs = { 10: DAY, 60: 7 * DAY, 3600: 366 * DAY } as const;
const slowStatementsKeptMs = 90 * DAY;

/** Keeps a sample; of two within one span the later one stays. */
export async function keepSample(
  store: Tx,
  { worker, figures, now }: { worker: string; figures: Figures; now: Date },
): Promise<void> {
  const known = Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== null));
  await store.query({
    name: 'samples-keep',
    text: `INSERT INTO self_samples (worker, step_s, at, figures) VALUES ($1, 10, $2, $3)
           ON CONFLICT (worker, step_s, at) DO UPDATE SET figures = excluded.figures`,
    values: [worker, floorTo(now, 10), JSON.stringify(known)],
  });
}

/** The most spans that one statement gathers, so that nobody waits long behind it. */
const spansAtOnce = 120;

/**
 * Gathers fine samples into coarse ones, a batch at a time: whole spans that are over and come after the last one that was
 * gathered. What a clock that was ahead has left in the future keeps nothing away. Resolves to how many spans.
 */
export async function gatherSamples(
  store: Pick<Store, 'query'>,
  { worker, now, signal }: { worker: string; now: Date; signal: AbortSignal },
): Promise<number> {
  let gathered = 0;
  for (const [from, to] of [
    [10, 60],
    [60, 3600],
  ] as const) {
    for (;;) {
      signal.throwIfAborted();
      const { rowCount } = await store.query({
        name: 'samples-gather',
        text: gatherSql,
        values: [worker, from, to, floorTo(now, to), spansAtOnce],
      });
      gathered += rowCount ?? 0;
      if ((rowCount ?? 0) < spansAtOnce) break;
    }
  }
  return gathered;
}

/** A figure is a number, or [mean, least, greatest, number of samples] where it was gathered before. */
const gatherSql = `
  WITH last AS (
    SELECT coalesce(max(at), '-infinity') AS at FROM self_samples WHERE worker = $1 AND step_s = $3 AND at < $4),
  spans AS (
    SELECT DISTINCT to_timestamp(floor(extract(epoch FROM sample.at) / $3) * $3) AS at
      FROM self_samples sample, last
     WHERE worker = $1 AND step_s = $2 AND sample.at >= last.at + make_interval(secs => $3) AND sample.at < $4
     ORDER BY 1 LIMIT $5),
  figures AS (
    SELECT spans.at, figure.key,
           CASE jsonb_typeof(figure.value) WHEN 'array' THEN (figure.value->>0)::float8 ELSE (figure.value #>> '{}')::float8 END AS mean,
           CASE jsonb_typeof(figure.value) WHEN 'array' THEN (figure.value->>1)::float8 ELSE (figure.value #>> '{}')::float8 END AS least,
           CASE jsonb_typeof(figure.value) WHEN 'array' THEN (figure.value->>2)::float8 ELSE (figure.value #>> '{}')::float8 END AS greatest,
           CASE jsonb_typeof(figure.value) WHEN 'array' THEN (figure.value->>3)::float8 ELSE 1 END AS number
      FROM spans
      JOIN self_samples sample ON sample.worker = $1 AND sample.step_s = $2
       AND sample.at >= spans.at AND sample.at < spans.at + make_interval(secs => $3)
     CROSS JOIN LATERAL jsonb_each(sample.figures) figure),
  gathered AS (
    SELECT at, key, jsonb_build_array(round((sum(mean * number) / sum(number))::numeric, 3), min(least), max(greatest), sum(number)) AS figure
      FROM figures GROUP BY at, key)
  INSERT INTO self_samples (worker, step_s, at, figures)
  SELECT $1, $3, at, jsonb_object_agg(key, figure) FROM gathered GROUP BY at
  ON CONFLICT (worker, step_s, at) DO UPDATE SET figures = excluded.figures`;

const pruneRows = 2_000;

/** Deletes samples and slow statements that were kept long enough, in batches. Resolves to how many rows. */
export async function pruneSamples(store: Pick<Store, 'query'>, now: Date): Promise<number> {
  let deleted = 0;
  for (const step of sampleSteps)
    deleted += await deleteAll(store, 'samples-prune', pruneSql, [
      step,
      new Date(now.getTime() - keptMs[step]),
    ]);
  const before = new Date(now.getTime() - slowStatementsKeptMs);
  return deleted + (await deleteAll(store, 'slow-statements-prune', pruneSlowSql, [before]));
}

const pruneSql = `DELETE FROM self_samples WHERE ctid IN (
  SELECT ctid FROM self_samples WHERE step_s = $1 AND at < $2 LIMIT ${pruneRows})`;
const pruneSlowSql = `DELETE FROM slow_statements WHERE ctid IN (
  SELECT ctid FROM slow_statements WHERE last_at < $1 LIMIT ${pruneRows})`;

async function deleteAll(
  store: Pick<Store, 'query'>,
  name: string,
  text: string,
  values: unknown[],
): Promise<number> {
  for (let deleted = 0; ;) {
    const { rowCount } = await store.query({ name, text, values });
    deleted += rowCount ?? 0;
    if ((rowCount ?? 0) < pruneRows) return deleted;
  }
}

/** One point of a series: the mean, and the greatest where the point stands for several samples. */
export interface SamplePoint {
  at: Date;
  figures: Partial<Record<FigureName, number>>;
  greatest: Partial<Record<FigureName, number>>;
}

/** The span of samples that suits a range: fine ones while they are kept and the points stay few. */
export function stepFor(rangeMs: number): SampleStep {
  if (rangeMs <= 2 * HOUR) return 10;
  return rangeMs <= 2 * DAY ? 60 : 3600;
}

/** A series since then, oldest first: at most 3,000 points. */
export async function readSeries(
  store: Tx,
  {
    worker,
    since,
    step,
    names,
  }: { worker: string; since: Date; step: SampleStep; names: readonly FigureName[] },
): Promise<SamplePoint[]> {
  const { rows } = await store.query<{ at: Date; figures: Record<string, number | number[]> }>({
    name: 'samples-series',
    text: `SELECT at, figures FROM (
             SELECT at, figures FROM self_samples WHERE worker = $1 AND step_s = $2 AND at >= $3 ORDER BY at DESC LIMIT 3000) newest
           ORDER BY at`,
    values: [worker, step, since],
  });
  return rows.map(({ at, figures }) => ({
    at,
    figures: pick(names, figures, (value) => (Array.isArray(value) ? value[0] : value)),
    greatest: pick(names, figures, (value) => (Array.isArray(value) ? value[2] : value)),
  }));
}

function pick(
  names: readonly FigureName[],
  figures: Record<string, number | number[]>,
  read: (value: number | number[]) => number | undefined,
): Partial<Record<FigureName, number>> {
  const asked = names.length === 0 ? figureNames : names;
  return Object.fromEntries(
    asked.flatMap((name) => {
      const value = figures[name];
      const number = value === undefined ? undefined : read(value);
      return number === undefined ? [] : [[name, number]];
    }),
  );
}

function floorTo(at: Date, seconds: number): Date {
  const ms = seconds * SECOND;
  return new Date(Math.floor(at.getTime() / ms) * ms);
}
