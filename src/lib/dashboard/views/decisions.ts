import type { FindingRow } from '../../store/findings/findings.ts';
import type { MachineRow, ReportRow } from '../../store/fleet/fleet.ts';
import type { GoalRow } from '../../store/goals/goals.ts';
import type { WishDraftRow, WishRow } from '../../store/wishes/wishes.ts';
import type { Finding, Goal, Machine, Wish, WishPage } from '../protocol/decisions.ts';

/** A wish for the list. */
export function wishView(row: WishRow): Wish {
  return {
    id: row.id,
    title: row.title,
    description: row.description,
    origin: row.origin,
    state: row.state,
    reason: row.reason,
    summary: row.summary,
    hasPatch: row.has_patch,
    draftAttempts: row.draft_attempts,
    findingId: row.finding_id,
    createdAt: row.created_at.toISOString(),
    decidedAt: iso(row.decided_at),
    draftedAt: iso(row.drafted_at),
    appliedAt: iso(row.applied_at),
  };
}

/** A wish with its draft. */
export function wishPage(row: WishDraftRow): WishPage {
  const { patch, patch_chars: chars, base_commit: baseCommit, test_report: testReport } = row;
  return {
    ...wishView(row),
    patch,
    patchTruncated: (chars ?? 0) > (patch?.length ?? 0),
    baseCommit,
    testReport,
  };
}

/** A finding for the list. */
export function findingView(row: FindingRow): Finding {
  return {
    id: row.id,
    kind: row.kind,
    severity: row.severity,
    summary: row.summary,
    evidence: row.evidence,
    state: row.state,
    seenCount: row.seen_count,
    firstSeenAt: row.first_seen_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    decidedAt: iso(row.decided_at),
    wishId: row.wish_id,
  };
}

/** A goal for the list. */
export function goalView(row: GoalRow): Goal {
  return {
    id: row.id,
    name: row.name,
    schedule: row.schedule,
    timeZone: row.time_zone,
    prompt: row.prompt,
    reflex: row.reflex,
    missedRun: row.missed_run,
    enabled: row.enabled,
    pausedReason: row.paused_reason,
    failuresInARow: row.failures_in_a_row,
    lastRunAt: iso(row.last_run_at),
    lastEventId: row.last_event_id,
    nextRunAt: iso(row.next_run_at),
  };
}

/** A machine with its sparklines. */
export function machineView(row: MachineRow): Machine {
  const reports = row.reports ?? [];
  const newest = reports.at(-1);
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    address: row.address,
    enabled: row.enabled,
    state: row.state,
    stateSince: row.state_since.toISOString(),
    lastSeenAt: iso(row.last_seen_at),
    reports: reports.map(reportView),
    disks: newest?.disks ?? null,
    services: newest?.services ?? null,
    uptimeS: newest?.uptime_s ?? null,
  };
}

function reportView(report: ReportRow): Machine['reports'][number] {
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

/** Disks are written as `[{ usedBytes, totalBytes, … }]`; what is written otherwise is shown as unknown. */
function fullest(disks: unknown): number | null {
  if (!Array.isArray(disks)) return null;
  const shares = (disks as unknown[]).flatMap((disk) => {
    if (typeof disk !== 'object' || disk === null) return [];
    const { usedBytes, totalBytes } = disk as Record<'usedBytes' | 'totalBytes', unknown>;
    return typeof usedBytes === 'number' && typeof totalBytes === 'number' && totalBytes > 0
      ? [usedBytes / totalBytes]
      : [];
  });
  return shares.length === 0 ? null : Math.max(...shares);
}

function iso(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}
