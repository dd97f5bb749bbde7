import { DAY, HOUR } from '../../lib/time.ts';
import type { Report } from '../report.ts';
import type { HostMemory } from './memory.ts';
import type { News } from './news.ts';

/** Days before the end at which it is told, each once. */
export const certificateDays = [21, 7, 1] as const;

type Certificates = HostMemory['certificates'];
const keptAfterEndMs = 7 * DAY;
const unseenMs = 30 * DAY;
const mostKept = 64;

/**
 * What the certificates of a report add to those that are known. Behind one name may stand several servers with a certificate
 * each, so every end has thresholds of its own: one that comes and goes is told no more often than one that stays.
 */
export function noteCertificates(
  before: Certificates,
  report: Report,
  { name, at }: { name: string; at: number },
): { certificates: Certificates; news: News[] } {
  const certificates = new Map(
    Object.entries(before).filter(
      ([, { endsAt, seenAt }]) => at < Date.parse(endsAt) + keptAfterEndMs && at < seenAt + unseenMs,
    ),
  );
  const news: News[] = [];
  for (const { name: of, endsAt } of report.certificates ?? []) {
    const key = `${of} ${endsAt}`;
    const told = certificates.get(key)?.told ?? [];
    const leftDays = (Date.parse(endsAt) - at) / DAY;
    const passed = certificateDays.filter((days) => leftDays <= days);
    const lowest = passed.at(-1);
    if (lowest !== undefined && !told.includes(lowest)) news.push(newsOf(name, of, { endsAt, leftDays }));
    certificates.set(key, { endsAt, told: passed, seenAt: at });
  }
  const kept = [...certificates].sort(([, one], [, other]) => other.seenAt - one.seenAt).slice(0, mostKept);
  return { certificates: Object.fromEntries(kept), news };
}

function newsOf(host: string, of: string, { endsAt, leftDays }: { endsAt: string; leftDays: number }): News {
  const when = endsAt.slice(0, 10);
  const left =
    leftDays < 0
      ? 'has expired'
      : leftDays < 2
        ? `ends within ${Math.max(1, Math.ceil(leftDays * 24))} hours`
        : `ends in ${Math.floor(leftDays)} days`;
  return {
    category: 'certificate',
    priority: leftDays <= 1 ? 'HIGH' : 'NORMAL',
    text: `${host}: the certificate of ${of} ${left}, on ${when}`,
    detail: { certificate: of, endsAt },
  };
}

/** The certificates that are near their end and are still being served, by name: the earliest end of each. */
export function endingCertificates(
  certificates: Certificates,
  at: number,
  everyMs: number,
): Map<string, string> {
  const recentMs = Math.max(HOUR, 3 * everyMs);
  const ending = new Map<string, string>();
  for (const [key, { endsAt, seenAt }] of Object.entries(certificates)) {
    const name = key.slice(0, key.lastIndexOf(' '));
    if (at - seenAt > recentMs || Date.parse(endsAt) - at > certificateDays[0] * DAY) continue;
    const known = ending.get(name);
    if (known === undefined || endsAt < known) ending.set(name, endsAt);
  }
  return ending;
}
