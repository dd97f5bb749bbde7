import type { Tx } from '../../lib/store/store.ts';
import type { DiskPoint } from '../judge/forecast.ts';
import type { Report } from '../report.ts';

/** One poll for `fleet_reports`. */
export interface NewReport {
  hostId: number;
  at: Date;
  state: 'up' | 'degraded' | 'down';
  reason: string | null;
  tookMs: number;
  report: Report | null;
}

/** Keeps a poll. */
export async function insertReport(
  tx: Tx,
  { hostId, at, state, reason, tookMs, report }: NewReport,
): Promise<void> {
  const disks = report?.disks?.map(({ mount, used, total, free, inodesUsed, inodesTotal }) => ({
    path: mount,
    usedBytes: used,
    totalBytes: total,
    ...(free !== null && { freeBytes: free }),
    ...(inodesUsed !== null && { inodesUsed }),
    ...(inodesTotal !== null && { inodesTotal }),
  }));
  await tx.query({
    name: 'fleet-report-insert',
    text: `INSERT INTO fleet_reports (machine_id, at, state, reason, took_ms, load1, cpu_count, memory_used_bytes, memory_total_bytes,
                                      disks, uptime_s)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    values: [
      hostId,
      at,
      state,
      reason,
      Math.round(tookMs),
      report?.load1 ?? null,
      report?.cores == null ? null : Math.min(report.cores, 32_767),
      whole(report?.memoryUsed),
      whole(report?.memoryTotal),
      disks === undefined ? null : JSON.stringify(disks),
      whole(report?.uptimeSeconds),
    ],
  });
}

function whole(value: number | null | undefined): number | null {
  return value == null ? null : Math.round(value);
}

/** A report as it stands in its row. */
export interface ReportRow {
  at: string;
  state: string;
  reason: string | null;
  took_ms: number | null;
  load1: number | null;
  cpu_count: number | null;
  memory_used_bytes: number | null;
  memory_total_bytes: number | null;
  disks: unknown;
  uptime_s: number | null;
  services: unknown;
}

/** The last reports of every host, oldest first, by the host's id. */
export async function lastReports(store: Tx, number: number): Promise<Map<number, ReportRow[]>> {
  const { rows } = await store.query<{ id: number; reports: ReportRow[] | null }>({
    name: 'fleet-last-reports',
    text: `SELECT machine.id, last.reports FROM machines machine
             CROSS JOIN LATERAL (
               SELECT jsonb_agg(to_jsonb(polled) - 'id' - 'machine_id' ORDER BY polled.at) AS reports
                 FROM (SELECT * FROM fleet_reports WHERE machine_id = machine.id ORDER BY at DESC LIMIT $1) polled) last`,
    values: [number],
  });
  return new Map(rows.map(({ id, reports }) => [id, reports ?? []]));
}

/** The last reports of one host, oldest first. */
export async function reportsOf(store: Tx, hostId: number, number: number): Promise<ReportRow[]> {
  const { rows } = await store.query<{ report: ReportRow }>({
    name: 'fleet-reports-of',
    text: `SELECT to_jsonb(report) - 'id' - 'machine_id' AS report FROM fleet_reports report
            WHERE machine_id = $1 ORDER BY at DESC LIMIT $2`,
    values: [hostId, number],
  });
  return rows.map(({ report }) => report).reverse();
}

/** How full each disk of a host was since then: the last figure of each hour, by mount. */
export async function diskPoints(store: Tx, hostId: number, since: Date): Promise<Map<string, DiskPoint[]>> {
  const { rows } = await store.query<{ at: Date; path: string; used: number; total: number }>({
    name: 'fleet-disk-points',
    text: `SELECT DISTINCT ON (path, span) at, path, used, total FROM (
             SELECT at, floor(extract(epoch FROM at) / 1800) AS span, disk->>'path' AS path,
                    (disk->>'usedBytes')::float8 AS used,
                    coalesce((disk->>'usedBytes')::float8 + (disk->>'freeBytes')::float8, (disk->>'totalBytes')::float8) AS total
               FROM fleet_reports, jsonb_array_elements(CASE jsonb_typeof(disks) WHEN 'array' THEN disks ELSE '[]' END) disk
              WHERE machine_id = $1 AND at >= $2) measured
           ORDER BY path, span, at DESC`,
    values: [hostId, since],
  });
  const points = new Map<string, DiskPoint[]>();
  for (const { at, path, used, total } of rows) {
    const known = points.get(path) ?? [];
    known.push({ at: at.getTime(), used, total });
    points.set(path, known);
  }
  return points;
}
