import { shownAddress } from './address.ts';
import { spanText } from '../lib/duration-text.ts';
import type { HostOptions } from './definition.ts';
import { windowText } from './maintenance.ts';
import { mutedAt } from './record.ts';
import type { Disk, Report } from './report.ts';
import type { FleetEvent } from './rows/events.ts';
import type { HostRow } from './rows/hosts.ts';
import type { ReportRow } from './rows/reports.ts';

/** One report as a point of the plots. */
export interface HostReport {
  at: string;
  state: string;
  reason: string | null;
  tookMs: number | null;
  loadPerCpu: number | null;
  /** 0 to 1. */
  memoryUsed: number | null;
  /** The fullest disk, 0 to 1. */
  diskUsed: number | null;
}

/** A disk, with the date on which it will be full if it goes on as it does. */
export type HostDisk = Disk & { fullAt: string | null };

/** A host of the fleet and its last reports, oldest first; null where something is unknown. */
export interface Host {
  name: string;
  kind: string;
  state: HostRow['state'] | 'paused';
  since: Date;
  reason: string | null;
  lastReportAt: Date | null;
  parent: string | null;
  id: number;
  address: string | null;
  every: string;
  enabled: boolean;
  muted: string | null;
  /** `config.json` where it is declared there, and changed there. */
  declaredIn: string | null;
  uptimeS: number | null;
  /** The disk that will be full first. */
  fullAt: { mount: string; at: string } | null;
  reports: HostReport[];
  /** Of the newest report in its row. */
  disks: unknown;
  services: unknown;
}

/** One host with all that is known of it. */
export interface HostPage extends Host {
  report: (Omit<Report, 'disks'> & { disks: HostDisk[] | null }) | null;
  options: Omit<HostOptions, 'headers'> & { headers: string[] };
  maintenance: { windows: string[]; until: string | null; now: boolean };
  behind: string[];
  events: FleetEvent[];
}

/** A row as people see it. */
export function hostOf(row: HostRow, reports: readonly ReportRow[], at: Date): Host {
  const newest = reports.at(-1);
  const filling = Object.entries(row.memory.filling).sort(([, one], [, other]) =>
    one.fullAt.localeCompare(other.fullAt),
  )[0];
  return {
    name: row.name,
    kind: row.kind,
    state: row.enabled ? row.state : 'paused',
    since: row.stateSince,
    reason: row.enabled ? row.reason : null,
    lastReportAt: row.lastSeenAt,
    parent: row.parent,
    id: row.id,
    address: shownAddress(row.kind, row.address),
    every: spanText(row.everyMs),
    enabled: row.enabled,
    muted: mutedAt(row, at) ?? (row.memory.flapping ? 'flapping' : null),
    declaredIn: row.declaredBy === null ? null : 'config.json',
    uptimeS: row.report?.uptimeSeconds ?? newest?.uptime_s ?? null,
    fullAt: filling === undefined ? null : { mount: filling[0], at: filling[1].fullAt },
    reports: reports.map(reportPoint),
    disks: newest?.disks ?? null,
    services: newest?.services ?? null,
  };
}

/** The page of a host. */
export function hostPage(
  row: HostRow,
  {
    reports,
    events,
    behind,
    at,
  }: { reports: readonly ReportRow[]; events: FleetEvent[]; behind: string[]; at: Date },
): HostPage {
  const { options, report, memory } = row;
  return {
    ...hostOf(row, reports, at),
    report:
      report === null
        ? null
        : {
            ...report,
            disks:
              report.disks?.map((disk) => ({
                ...disk,
                fullAt:
                  (Object.hasOwn(memory.filling, disk.mount) ? memory.filling[disk.mount]?.fullAt : null) ??
                  null,
              })) ?? null,
          },
    // What a header says may be a secret.
    options: { ...options, headers: Object.keys(options.headers) },
    maintenance: {
      windows: options.maintenance.map(windowText),
      until: options.maintenanceUntil,
      now: mutedAt(row, at) === 'maintenance',
    },
    behind,
    events,
  };
}

function reportPoint(report: ReportRow): HostReport {
  return {
    at: new Date(report.at).toISOString(),
    state: report.state,
    reason: report.reason,
    tookMs: report.took_ms,
    loadPerCpu: share(report.load1, report.cpu_count),
    memoryUsed: share(report.memory_used_bytes, report.memory_total_bytes),
    diskUsed: fullest(report.disks),
  };
}

function share(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole === 0 ? null : part / whole;
}

/** How full each disk of a report's row is, 0 to 1, by its path; disks stand there as `[{ path, usedBytes, totalBytes, … }]`. */
export function diskShares(disks: unknown): Record<string, number> {
  if (!Array.isArray(disks)) return {};
  return Object.fromEntries(
    (disks as unknown[]).flatMap((disk) => {
      if (typeof disk !== 'object' || disk === null) return [];
      const { path, usedBytes, totalBytes, freeBytes } = disk as Record<
        'path' | 'usedBytes' | 'totalBytes' | 'freeBytes',
        unknown
      >;
      if (typeof usedBytes !== 'number' || typeof totalBytes !== 'number' || totalBytes <= 0) return [];
      const room = typeof freeBytes === 'number' ? usedBytes + freeBytes : totalBytes;
      return [[typeof path === 'string' ? path : '?', room === 0 ? 1 : usedBytes / room]];
    }),
  );
}

function fullest(disks: unknown): number | null {
  const shares = Object.values(diskShares(disks));
  return shares.length === 0 ? null : Math.max(...shares);
}
