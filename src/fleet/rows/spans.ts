import type { Store, Tx } from '../../lib/store/store.ts';
import { DAY } from '../../lib/time.ts';

/** Spans that reports are gathered over, in seconds. */
export const spanSteps = [3_600, 86_400] as const;
export type SpanStep = (typeof spanSteps)[number];

/** How long summaries are kept: of hours for a quarter, of days for two years. */
const keptMs = { 3_600: 92 * DAY, 86_400: 731 * DAY } as const;

/** The most spans that one statement gathers, and the most rows that one deletes: a poll waits behind it no longer than that. */
const spansAtOnce = 20;
const rowsAtOnce = 1_000;

/**
 * Gathers reports into hours, and hours into days, in small batches with `breathe` between them: whole spans that are over and
 * come after the last one that was gathered. Resolves to how many.
 */
export async function gatherSpans(
  store: Pick<Store, 'query'>,
  { now, signal, breathe }: { now: Date; signal: AbortSignal; breathe: () => Promise<void> },
): Promise<number> {
  let gathered = 0;
  for (const [step, text] of [
    [3_600, hoursSql],
    [86_400, daysSql],
  ] as const) {
    const end = new Date(Math.floor(now.getTime() / (step * 1000)) * step * 1000);
    for (;;) {
      signal.throwIfAborted();
      const { rowCount } = await store.query({
        name: `fleet-gather-${step}`,
        text,
        values: [step, end, spansAtOnce],
      });
      gathered += rowCount ?? 0;
      if ((rowCount ?? 0) < spansAtOnce) break;
      await breathe();
    }
  }
  return gathered;
}

/** A figure of a gathered span is [mean, least, greatest, number of reports]. */
const figureSql = `jsonb_build_array(round((sum(mean * number) / sum(number))::numeric, 4), round(min(least)::numeric, 4), round(max(greatest)::numeric, 4), sum(number))`;

const hoursSql = `
  WITH last AS (
    SELECT machine.id, (SELECT max(at) FROM fleet_spans WHERE machine_id = machine.id AND step_s = $1 AND at < $2) AS at FROM machines machine),
  spans AS (
    SELECT DISTINCT report.machine_id, to_timestamp(floor(extract(epoch FROM report.at) / $1) * $1) AS at
      FROM last JOIN fleet_reports report ON report.machine_id = last.id
       AND report.at >= coalesce(last.at + make_interval(secs => $1), '-infinity') AND report.at < $2
     ORDER BY 2, 1 LIMIT $3),
  reports AS (
    SELECT spans.machine_id, spans.at, report.state, report.load1, report.cpu_count, report.memory_used_bytes, report.memory_total_bytes, report.disks
      FROM spans JOIN fleet_reports report ON report.machine_id = spans.machine_id AND report.at >= spans.at
       AND report.at < spans.at + make_interval(secs => $1)),
  measured AS (
    SELECT machine_id, at, 'load' AS key, (load1 / cpu_count)::float8 AS value FROM reports WHERE cpu_count > 0 AND load1 IS NOT NULL
    UNION ALL
    SELECT machine_id, at, 'memory', memory_used_bytes::float8 / memory_total_bytes FROM reports WHERE memory_total_bytes > 0 AND memory_used_bytes IS NOT NULL
    UNION ALL
    SELECT machine_id, at, 'disk:' || (disk->>'path'),
           (disk->>'usedBytes')::float8 / coalesce(nullif((disk->>'usedBytes')::float8 + (disk->>'freeBytes')::float8, 0), (disk->>'totalBytes')::float8)
      FROM reports, jsonb_array_elements(CASE jsonb_typeof(disks) WHEN 'array' THEN disks ELSE '[]' END) disk
     WHERE (disk->>'totalBytes')::float8 > 0 AND disk->>'path' IS NOT NULL),
  gathered AS (
    SELECT machine_id, at, key, ${figureSql} AS figure
      FROM (SELECT machine_id, at, key, value AS mean, value AS least, value AS greatest, 1 AS number FROM measured WHERE value IS NOT NULL) each
     GROUP BY machine_id, at, key),
  counted AS (
    SELECT machine_id, at, count(*)::int AS polls, (count(*) FILTER (WHERE state = 'down'))::int AS failed FROM reports GROUP BY machine_id, at)
  INSERT INTO fleet_spans (machine_id, step_s, at, polls, failed, figures)
  SELECT counted.machine_id, $1, counted.at, counted.polls, counted.failed,
         coalesce((SELECT jsonb_object_agg(key, figure) FROM gathered WHERE gathered.machine_id = counted.machine_id AND gathered.at = counted.at), '{}')
    FROM counted
  ON CONFLICT (machine_id, step_s, at) DO UPDATE SET polls = excluded.polls, failed = excluded.failed, figures = excluded.figures`;

const daysSql = `
  WITH last AS (
    SELECT machine.id, (SELECT max(at) FROM fleet_spans WHERE machine_id = machine.id AND step_s = $1 AND at < $2) AS at FROM machines machine),
  spans AS (
    SELECT DISTINCT hour.machine_id, to_timestamp(floor(extract(epoch FROM hour.at) / $1) * $1) AS at
      FROM last JOIN fleet_spans hour ON hour.machine_id = last.id AND hour.step_s = 3600
       AND hour.at >= coalesce(last.at + make_interval(secs => $1), '-infinity') AND hour.at < $2
     ORDER BY 2, 1 LIMIT $3),
  hours AS (
    SELECT spans.machine_id, spans.at, hour.polls, hour.failed, hour.figures
      FROM spans JOIN fleet_spans hour ON hour.machine_id = spans.machine_id AND hour.step_s = 3600 AND hour.at >= spans.at
       AND hour.at < spans.at + make_interval(secs => $1)),
  gathered AS (
    SELECT machine_id, at, key, ${figureSql} AS figure
      FROM (SELECT machine_id, at, figure.key, (figure.value->>0)::float8 AS mean, (figure.value->>1)::float8 AS least,
                   (figure.value->>2)::float8 AS greatest, (figure.value->>3)::float8 AS number
              FROM hours CROSS JOIN LATERAL jsonb_each(figures) figure) each
     GROUP BY machine_id, at, key),
  counted AS (
    SELECT machine_id, at, sum(polls)::int AS polls, sum(failed)::int AS failed FROM hours GROUP BY machine_id, at)
  INSERT INTO fleet_spans (machine_id, step_s, at, polls, failed, figures)
  SELECT counted.machine_id, $1, counted.at, counted.polls, counted.failed,
         coalesce((SELECT jsonb_object_agg(key, figure) FROM gathered WHERE gathered.machine_id = counted.machine_id AND gathered.at = counted.at), '{}')
    FROM counted
  ON CONFLICT (machine_id, step_s, at) DO UPDATE SET polls = excluded.polls, failed = excluded.failed, figures = excluded.figures`;

/**
 * Deletes reports that were kept long enough and are gathered, old summaries, and old events of hosts; a batch at a time.
 * Resolves to how many rows.
 */
export async function pruneReports(
  store: Pick<Store, 'query'>,
  {
    now,
    rawDays,
    signal,
    breathe,
  }: { now: Date; rawDays: number; signal: AbortSignal; breathe: () => Promise<void> },
): Promise<number> {
  const before = (ms: number): Date => new Date(now.getTime() - ms);
  let deleted = 0;
  for (const [name, condition, table, values] of [
    ['fleet-prune-reports', 'at < $1', 'fleet_reports', [before(rawDays * DAY)]],
    ['fleet-prune-hours', 'step_s = 3600 AND at < $1', 'fleet_spans', [before(keptMs[3_600])]],
    ['fleet-prune-days', 'step_s = 86400 AND at < $1', 'fleet_spans', [before(keptMs[86_400])]],
    [
      'fleet-prune-events',
      'at < $1 AND (put_at IS NOT NULL OR muted IS NOT NULL)',
      'fleet_events',
      [before(keptMs[86_400])],
    ],
  ] as const) {
    for (;;) {
      signal.throwIfAborted();
      const { rowCount } = await store.query({
        name,
        text: `DELETE FROM ${table} WHERE ctid IN (SELECT ctid FROM ${table} WHERE ${condition} LIMIT ${rowsAtOnce})`,
        values: [...values],
      });
      deleted += rowCount ?? 0;
      if ((rowCount ?? 0) < rowsAtOnce) break;
      await breathe();
    }
  }
  return deleted;
}

/** One point of a series: means, and the greatest where it stands for several reports. */
export interface SeriesPoint {
  at: Date;
  /** Share of the polls that were answered, 0 to 1. */
  answered: number;
  /** `load` a core, `memory` and `disk:<mount>` as shares. */
  figures: Record<string, number>;
  greatest: Record<string, number>;
}

/** The span of points that suits a range. */
export function stepFor(rangeMs: number, rawMs: number): 0 | SpanStep {
  if (rangeMs <= Math.min(rawMs, 2 * DAY)) return 0;
  return rangeMs <= keptMs[3_600] ? 3_600 : 86_400;
}

/** Summaries of a host since then, oldest first. */
export async function readSpans(
  store: Tx,
  { hostId, step, since }: { hostId: number; step: SpanStep; since: Date },
): Promise<SeriesPoint[]> {
  const { rows } = await store.query<{
    at: Date;
    polls: number;
    failed: number;
    figures: Record<string, number[]>;
  }>({
    name: 'fleet-spans',
    text: `SELECT at, polls, failed, figures FROM fleet_spans WHERE machine_id = $1 AND step_s = $2 AND at >= $3 ORDER BY at LIMIT 3000`,
    values: [hostId, step, since],
  });
  const pick = (figures: Record<string, number[]>, index: number): Record<string, number> =>
    Object.fromEntries(
      Object.entries(figures).flatMap(([key, figure]) =>
        figure[index] === undefined ? [] : [[key, figure[index]]],
      ),
    );
  return rows.map(({ at, polls, failed, figures }) => ({
    at,
    answered: polls === 0 ? 0 : (polls - failed) / polls,
    figures: pick(figures, 0),
    greatest: pick(figures, 2),
  }));
}

/** Share of the answered polls of each host since then, 0 to 1, by its id; hosts without a summary are left out. */
export async function availability(store: Tx, since: Date): Promise<Map<number, number>> {
  const { rows } = await store.query<{ id: number; share: number }>({
    name: 'fleet-availability',
    text: `SELECT machine_id AS id, (1 - sum(failed)::float8 / sum(polls)) AS share FROM fleet_spans
            WHERE step_s = 3600 AND at >= $1 GROUP BY machine_id`,
    values: [since],
  });
  return new Map(rows.map(({ id, share }) => [id, share]));
}
