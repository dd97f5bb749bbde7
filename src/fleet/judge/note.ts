import { bootTimePrefix } from '../probe/metrics.ts';
import type { HostOptions } from '../definition.ts';
import type { Outcome } from '../probe/outcome.ts';
import { noteCertificates } from './certificates.ts';
import type { HostMemory } from './memory.ts';
import type { News } from './news.ts';
import { addSample, settleTroubles, troublesIn, unknownIn } from './troubles.ts';

/** How far a clock that is set may move the time of a boot, in seconds. */
const bootDriftS = 120;

/** What a poll adds to what is remembered of a host, and what it tells by itself: a reboot, a certificate that ends. */
export function noteOutcome(
  before: HostMemory,
  outcome: Outcome,
  { name, options, everyMs, at }: { name: string; options: HostOptions; everyMs: number; at: Date },
): { memory: HostMemory; news: News[] } {
  if (outcome.kind === 'failed') {
    const failures = before.failures + 1;
    return {
      memory: {
        ...before,
        failures,
        successes: 0,
        why: outcome.reason,
        failingSince: before.failingSince ?? at.toISOString(),
        brinkAt: before.brinkAt ?? (failures >= options.downAfter ? at.toISOString() : null),
      },
      news: [],
    };
  }
  const { report } = outcome;
  const samples = addSample(before.samples, report, at.getTime());
  const holds = (key: string): boolean =>
    Object.hasOwn(before.troubles, key) && before.troubles[key]?.held === true;
  const seen = troublesIn(report, { samples, options, everyMs, holds });
  const { certificates, news } = noteCertificates(before.certificates, report, { name, at: at.getTime() });
  if (isOtherBoot(before.bootId, report.bootId))
    news.unshift({
      category: 'host-rebooted',
      priority: 'NORMAL',
      text: `${name} was rebooted${report.uptimeSeconds === null ? '' : `, ${spanOf(report.uptimeSeconds)} ago`}`,
      detail: {
        bootId: report.bootId,
        uptimeSeconds: report.uptimeSeconds,
        uptimeBefore: before.uptimeSeconds,
      },
    });
  return {
    memory: {
      ...before,
      failures: 0,
      successes: before.successes + 1,
      failingSince: null,
      brinkAt: null,
      why: null,
      samples,
      certificates,
      troubles: settleTroubles(before.troubles, seen, unknownIn(report)),
      bootId: report.bootId ?? before.bootId,
      uptimeSeconds: report.uptimeSeconds ?? before.uptimeSeconds,
    },
    news,
  };
}

/** Whether two boot ids are of two boots. */
export function isOtherBoot(before: string | null, after: string | null): boolean {
  if (before === null || after === null || before === after) return false;
  const [one, other] = [bootTime(before), bootTime(after)];
  return one === undefined || other === undefined || Math.abs(one - other) > bootDriftS;
}

function bootTime(id: string): number | undefined {
  return id.startsWith(bootTimePrefix) ? Number(id.slice(bootTimePrefix.length)) : undefined;
}

/** A span as people say it. */
export function spanOf(seconds: number): string {
  if (seconds < 120) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 2 * 3600) return `${Math.round(seconds / 60)} min`;
  return seconds < 2 * 86_400 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}
