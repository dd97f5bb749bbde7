import {
  type DiskPoint,
  forgottenBeyondMs,
  isWorthPredicting,
  predictFull,
  toldWithinMs,
} from './forecast.ts';
import type { HostMemory } from './memory.ts';
import type { News } from './news.ts';

/** What the measurements of a host's disks say of when they will be full; each is told once, until it is over. */
export function noteFilling(
  before: HostMemory['filling'],
  points: ReadonlyMap<string, readonly DiskPoint[]>,
  { name, at, mayTell }: { name: string; at: Date; mayTell: boolean },
): { filling: HostMemory['filling']; news: News[] } {
  const filling = new Map<string, HostMemory['filling'][string]>();
  const news: News[] = [];
  for (const [mount, measured] of points) {
    const last = measured.at(-1);
    if (last === undefined || !isWorthPredicting(last)) continue;
    const fullAt = predictFull(measured, at.getTime());
    if (fullAt === null) continue;
    const known = Object.hasOwn(before, mount) ? before[mount] : undefined;
    const leftMs = fullAt.getTime() - at.getTime();
    const isOver = leftMs > forgottenBeyondMs;
    const isNews = !isOver && leftMs <= toldWithinMs && known?.told !== true && mayTell;
    filling.set(mount, { fullAt: fullAt.toISOString(), told: !isOver && (isNews || known?.told === true) });
    if (isNews) news.push(newsOf(name, mount, { fullAt, last }));
  }
  return { filling: Object.fromEntries(filling), news };
}

function newsOf(name: string, mount: string, { fullAt, last }: { fullAt: Date; last: DiskPoint }): News {
  const percent = Math.floor((last.used / last.total) * 100);
  return {
    category: 'disk-filling',
    priority: 'HIGH',
    text: `${name}: ${mount} is ${percent} % full and will be full on ${fullAt.toISOString().slice(0, 10)} if it goes on like this`,
    detail: { mount, fullAt: fullAt.toISOString(), used: last.used, total: last.total },
  };
}
