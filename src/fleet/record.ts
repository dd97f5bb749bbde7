import type { Store, Tx } from '../lib/store/store.ts';
import { alertsFor } from './judge/alerts.ts';
import type { HostMemory } from './judge/memory.ts';
import type { News } from './judge/news.ts';
import { noteOutcome } from './judge/note.ts';
import { settleHost } from './judge/settle.ts';
import { maintenanceEnd } from './maintenance.ts';
import type { Outcome } from './probe/outcome.ts';
import { closeAlert, listAlerts, openAlert } from './rows/alerts.ts';
import { insertNews } from './rows/events.ts';
import { findParent, type HostRow, hostsBehind, lockHost, writeJudgement } from './rows/hosts.ts';
import { hurryHosts } from './rows/due.ts';
import { insertReport } from './rows/reports.ts';

/** What a poll has changed. */
export interface Recorded {
  state: HostRow['state'];
  reason: string | null;
  news: News[];
  /** Its parent is to be polled at once. */
  asksParent: boolean;
}

/** Writes a poll down with all that follows from it, in one transaction; undefined where the host is gone or paused meanwhile. */
export function recordOutcome(
  store: Store,
  { hostId, outcome, now }: { hostId: number; outcome: Outcome; now: Date },
): Promise<Recorded | undefined> {
  return store.transaction(async (tx) => {
    const host = await lockHost(tx, hostId);
    if (host === undefined || !host.enabled) return undefined;
    const muted = mutedAt(host, now);
    const noted = noteOutcome(host.memory, outcome, { ...host, at: now });
    const news = noted.news.map((each) => (muted === undefined ? each : { ...each, muted }));
    const done = await judge(
      tx,
      { ...host, memory: noted.memory },
      {
        now,
        news,
        muted,
        ...(outcome.kind === 'answered' && { report: outcome.report }),
      },
    );
    await insertReport(tx, {
      hostId,
      at: now,
      tookMs: outcome.tookMs,
      ...(outcome.kind === 'failed'
        ? { state: 'down', reason: outcome.reason, report: null }
        : {
            state: done.state === 'degraded' ? 'degraded' : 'up',
            reason: done.state === 'degraded' ? (done.reason ?? 'not well') : null,
            report: outcome.report,
          }),
    });
    return done;
  });
}

/** Judges a host anew without a poll, in one transaction. `change` is what else is now remembered of it. */
export function rejudge(
  store: Store,
  {
    hostId,
    now,
    change,
  }: {
    hostId: number;
    now: Date;
    change?: (
      host: HostRow,
    ) => { memory: HostMemory; news: News[] } | Promise<{ memory: HostMemory; news: News[] }>;
  },
): Promise<Recorded | undefined> {
  return store.transaction(async (tx) => {
    const host = await lockHost(tx, hostId);
    if (host === undefined || !host.enabled) return undefined;
    const { memory, news } = (await change?.(host)) ?? { memory: host.memory, news: [] };
    return judge(tx, { ...host, memory }, { now, news, muted: mutedAt(host, now) });
  });
}

/** Why nothing of a host is sent at that time. */
export function mutedAt({ options }: Pick<HostRow, 'options'>, at: Date): string | undefined {
  const { maintenance, maintenanceUntil } = options;
  return maintenanceEnd({ windows: maintenance, until: maintenanceUntil }, at) === undefined
    ? undefined
    : 'maintenance';
}

interface Judging {
  now: Date;
  news: News[];
  muted: string | undefined;
  report?: HostRow['report'] & object;
}

async function judge(tx: Tx, host: HostRow, { now, news, muted, report }: Judging): Promise<Recorded> {
  const around = {
    at: now,
    parent: await findParent(tx, host.parent),
    // Only a host that goes down says who is behind it.
    behind:
      host.memory.failures >= host.options.downAfter && host.state !== 'down'
        ? await hostsBehind(tx, host.name)
        : [],
    muted,
  };
  const settled = settleHost(host, around);
  const all = [...news, ...settled.news];
  await insertNews(tx, { hostId: host.id, news: all, at: now });
  await writeJudgement(tx, {
    id: host.id,
    state: settled.state,
    reason: settled.reason,
    memory: settled.memory,
    now,
    changed: settled.state !== host.state,
    told: all.some((each) => each.muted === undefined),
    ...(report !== undefined && { report }),
  });
  await settleAlerts(tx, { ...host, memory: settled.memory, reason: settled.reason }, { news: all, now });
  if (settled.asksParent && host.parent !== null) await hurryHosts(tx, [host.parent], now);
  const { state, reason, asksParent } = settled;
  return { state, reason, news: all, asksParent };
}

const alertOf: Partial<Record<News['category'], string>> = { 'host-down': 'down' };

/** Opens what is wrong and closes what is over, so that no alert outlives its cause. */
export async function settleAlerts(
  tx: Tx,
  host: Pick<HostRow, 'id' | 'name' | 'memory' | 'everyMs' | 'reason'>,
  { news, now }: { news: readonly News[]; now: Date },
): Promise<void> {
  const wanted = alertsFor(host, now);
  const open = await listAlerts(tx, host.id);
  const isRenewed = (kind: string): boolean =>
    kind === 'degraded' &&
    news.some(({ category, muted }) => category === 'host-degraded' && muted === undefined);
  for (const alert of open)
    if (!wanted.has(alert.kind) || isRenewed(alert.kind)) await closeAlert(tx, alert, now);
  for (const [kind, text] of wanted) {
    if (open.some((alert) => alert.kind === kind) && !isRenewed(kind)) continue;
    const said = news.find(({ category, muted }) => alertOf[category] === kind && muted === undefined)?.text;
    await openAlert(tx, { hostId: host.id, kind, text: said ?? text, now });
  }
}
