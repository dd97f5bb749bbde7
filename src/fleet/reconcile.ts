import { isDeepStrictEqual } from 'node:util';
import type { Store } from '../lib/store/store.ts';
import { HOUR } from '../lib/time.ts';
import { leastStaleMs, staleIntervals } from './definition.ts';
import { behindEach, parentsFirst } from './family.ts';
import { alertsFor } from './judge/alerts.ts';
import type { News, NewsCategory } from './judge/news.ts';
import { spanOf } from './judge/note.ts';
import { settleHost } from './judge/settle.ts';
import { mutedAt, rejudge, settleAlerts } from './record.ts';
import { type Alert, closeAlert, listAlerts, markReminded } from './rows/alerts.ts';
import { insertNews } from './rows/events.ts';
import { type HostRow, listHosts } from './rows/hosts.ts';

export interface Reconciling {
  now: Date;
  /** Silence before it says nothing: when this daemon began to listen, the clock jumped, or it was blind. */
  listeningSince: Date;
  blind: boolean;
}

/**
 * Judges every host anew by what stands in the rows: those that owe reports, those that waited for their parent, maintenance
 * and flapping that are over. Alerts are compared with their causes, and reminders are told. Resolves to how many changed.
 */
export async function reconcile(store: Store, { now, listeningSince, blind }: Reconciling): Promise<number> {
  const hosts = parentsFirst(await listHosts(store));
  const behind = behindEach(hosts);
  const byName = new Map(hosts.map((host) => [host.name, host]));
  const alerts = groupByHost(await listAlerts(store));
  let changed = 0;
  for (const host of hosts) {
    const open = alerts.get(host.id) ?? [];
    if (!host.enabled) {
      if (open.length > 0)
        await store.transaction(async (tx) => {
          for (const alert of open) await closeAlert(tx, alert, now);
        });
      continue;
    }
    const isStale = !blind && owesReports(host, now, listeningSince);
    const memory = isStale ? silentMemory(host, now) : host.memory;
    const parent = host.parent === null ? undefined : byName.get(host.parent);
    const settled = settleHost(
      { ...host, memory },
      {
        at: now,
        parent: parent && { ...parent, failures: parent.memory.failures },
        behind: behind.get(host.name) ?? [],
        muted: mutedAt(host, now),
      },
    );
    const isSame =
      settled.state === host.state &&
      settled.reason === host.reason &&
      settled.news.length === 0 &&
      isDeepStrictEqual(settled.memory, host.memory);
    if (!isSame) {
      changed += 1;
      const done = await rejudge(store, {
        hostId: host.id,
        now,
        change: (row) => ({
          memory: isStale && owesReports(row, now, listeningSince) ? silentMemory(row, now) : row.memory,
          news: [],
        }),
      });
      if (done !== undefined) byName.set(host.name, { ...host, state: done.state });
      continue;
    }
    await settleOpen(store, { host, open, now });
  }
  return changed;
}

/** A host that reports by itself and has not, for three intervals: by the time of the database on both sides. */
function owesReports(
  { kind, everyMs, lastSeenAt, createdAt }: HostRow,
  now: Date,
  listeningSince: Date,
): boolean {
  if (kind !== 'push') return false;
  const from = Math.max((lastSeenAt ?? createdAt).getTime(), listeningSince.getTime());
  return now.getTime() - from > Math.max(leastStaleMs, staleIntervals * everyMs);
}

function silentMemory({ memory, options, lastSeenAt }: HostRow, now: Date): HostRow['memory'] {
  if (memory.failures >= options.downAfter) return memory;
  const since = (lastSeenAt ?? now).toISOString();
  return {
    ...memory,
    failures: options.downAfter,
    successes: 0,
    failingSince: since,
    brinkAt: now.toISOString(),
    why:
      lastSeenAt === null
        ? 'it has never reported'
        : `it has not reported for ${spanOf((now.getTime() - lastSeenAt.getTime()) / 1000)}`,
  };
}

interface OpenAlerts {
  host: HostRow;
  open: readonly Alert[];
  now: Date;
}

async function settleOpen(store: Store, { host, open, now }: OpenAlerts): Promise<void> {
  const wanted = alertsFor(host, now);
  const isSame = open.length === wanted.size && open.every(({ kind }) => wanted.has(kind));
  const due = open.filter((alert) => wanted.has(alert.kind) && isToBeReminded(host, alert, now));
  if (isSame && due.length === 0) return;
  await store.transaction(async (tx) => {
    if (!isSame) await settleAlerts(tx, host, { news: [], now });
    for (const alert of due) {
      await insertNews(tx, { hostId: host.id, at: now, news: [reminder(host, alert, now)] });
      await markReminded(tx, alert, now);
    }
  });
}

function isToBeReminded({ options, ...host }: HostRow, { since, remindedAt }: Alert, now: Date): boolean {
  if (options.remindHours === null || mutedAt({ options }, now) !== undefined || host.memory.flapping)
    return false;
  return now.getTime() - (remindedAt ?? since).getTime() >= options.remindHours * HOUR;
}

function reminder({ options, state }: HostRow, { kind, since, text }: Alert, now: Date): News {
  const [what = ''] = kind.split(':');
  const category: NewsCategory =
    what === 'down'
      ? 'host-down'
      : what === 'disk'
        ? 'disk-filling'
        : what === 'certificate'
          ? 'certificate'
          : 'host-degraded';
  return {
    category,
    priority: category === 'host-down' ? lowered(options.priority) : 'NORMAL',
    text: `${text} (still so, for ${spanOf((now.getTime() - since.getTime()) / 1000)})`,
    state,
    detail: { reminder: true, since: since.toISOString() },
  };
}

/** A reminder starts no agent: the first word of it did. */
function lowered(priority: News['priority']): News['priority'] {
  return priority === 'URGENT' ? 'HIGH' : priority;
}

function groupByHost(alerts: readonly Alert[]): Map<number, Alert[]> {
  const groups = new Map<number, Alert[]>();
  for (const alert of alerts) groups.set(alert.hostId, [...(groups.get(alert.hostId) ?? []), alert]);
  return groups;
}
