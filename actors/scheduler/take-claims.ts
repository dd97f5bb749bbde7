import type { StopOrder } from '../../machines/scheduler/protocol.ts';
import type { ClaimResult } from '../../src/schedule/rows/claim-fires.ts';
import type { SchedulerDeps } from './deps.ts';

/** Puts claimed fires into the line, tells of those that were skipped, and returns which running ones give way. */
export function takeClaims(
  { bus, schedule: { agenda, counts, line, requests } }: SchedulerDeps,
  { claimed, skipped, stopped, missed }: ClaimResult,
): StopOrder[] {
  for (const fire of claimed) {
    const known = agenda.get(fire.jobId);
    if (known === undefined) continue;
    line.add({ ...fire, kind: known.kind, timeoutMs: known.job.timeoutMs, awaited: new Set(fire.awaited) });
  }
  counts.missed += missed;
  counts.skipped += skipped.length;
  for (const { id, jobId, reason } of skipped) {
    requests.end(id, { state: 'skipped', reason });
    bus.emit('fire.ended', { jobId, fireId: id });
  }
  if (claimed.length + skipped.length + missed > 0) bus.emit('list.changed', { list: 'fires.list' });
  return stopped.map((id) => ({ id, cause: 'cancel-other' }));
}
