import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Bus } from '../lib/bus.ts';
import type { LiveSettings } from '../lib/config/live-settings.ts';
import type { ListFacts } from '../lib/operations/facts.ts';
import type { Store } from '../lib/store/store.ts';
import { SECOND } from '../lib/time.ts';
import type { NewEvent } from '../lib/wire/put-event.ts';
import { createClockWatch } from '../schedule/clock-watch.ts';
import type { Declaring } from '../activity/declared.ts';
import { declareHosts } from './declare.ts';
import { deadlineOf } from './definition.ts';
import type { FleetFacts } from './facts.ts';
import { createGate, type Sighting } from './gate.ts';
import { noteFilling } from './judge/filling.ts';
import { isWorthPredicting, lookedBackMs } from './judge/forecast.ts';
import type { Outcome } from './probe/outcome.ts';
import type { Probe } from './probe/probe.ts';
import { reconcile } from './reconcile.ts';
import { mutedAt, type Recorded, recordOutcome, rejudge } from './record.ts';
import type { Report } from './report.ts';
import { databaseTime, findByToken, findHost, type HostRow, listHosts } from './rows/hosts.ts';
import { claimDue, type DueHost, untilNextDue } from './rows/due.ts';
import { diskPoints } from './rows/reports.ts';
import { readSight } from './rows/sight.ts';
import { gatherSpans, pruneReports } from './rows/spans.ts';
import type { FleetValues } from './settings.ts';
import { noteSighting } from './sight.ts';
import { tellNews } from './tell.ts';
import { hashOfToken } from './token.ts';

/** How a poll went, and what came of it. */
export interface Polled {
  outcome: Outcome;
  /** Undefined where nothing was written: nothing can be seen from here, or the host is gone or paused. */
  recorded: Recorded | undefined;
  blind: boolean;
}

/** The fleet of a daemon. */
export interface FleetService {
  /** UUID of this home's journal. */
  worker: string;
  /** Makes the rows say what config.json says. */
  declare(): Promise<Declaring>;
  /** Takes hosts that are due, at most so many, and says how long it is until the next one. */
  claim(limit: number, busy: readonly number[]): Promise<{ due: DueHost[]; restMs: number }>;
  /** Polls a host and writes it down; of two at once for one host there is one. */
  poll(name: string, signal?: AbortSignal): Promise<Polled | undefined>;
  /** Takes a report that a host has sent. */
  push(name: string, token: string, report: Report): Promise<'taken' | 'paused' | 'refused'>;
  /** Judges all hosts anew, and tells what is to be told. */
  settle(): Promise<void>;
  /** Only tells. */
  tell(): Promise<void>;
  /** Predicts disks, gathers reports and deletes old ones. */
  keep(options: { signal: AbortSignal; mayDelete: () => Promise<boolean> }): Promise<void>;
  /** The time of the database. */
  now(): Promise<Date>;
}

export interface FleetServiceDeps {
  store: Store;
  settings: Pick<LiveSettings<FleetValues>, 'get'>;
  bus: Pick<Bus<FleetFacts & ListFacts>, 'emit'>;
  worker: string;
  probe: Probe;
  put: (event: NewEvent) => Promise<void>;
  /** Default: the gateway and the addresses of the settings. */
  sight?: () => Promise<Sighting>;
  /** Default: the clock of the database. */
  now?: () => Promise<Date>;
  /** Milliseconds of a clock that never jumps. */
  monotonicMs?: () => number;
}

const longestRestMs = 30 * SECOND;
const leastRestMs = 50;

/** See `FleetService`. */
export function createFleetService({
  store,
  settings,
  bus,
  worker,
  probe,
  put,
  sight = createGate({
    gateway: () => settings.get('fleet.gateway'),
    addresses: () => settings.get('fleet.sightAddresses'),
  }),
  now = () => databaseTime(store),
  monotonicMs = () => performance.now(),
}: FleetServiceDeps): FleetService {
  const underWay = new Map<number, Promise<Polled | undefined>>();
  const watchClock = createClockWatch(monotonicMs);
  let listeningSince: Date | undefined;
  /** Undefined until the row was read. */
  let blind: boolean | undefined;
  let telling: Promise<unknown> = Promise.resolve();

  async function isBlind(look: boolean): Promise<boolean> {
    blind ??= (await readSight(store, worker)).blindSince !== null;
    if (!look && !blind) return false;
    const noted = await noteSighting(store, { worker, sighting: await sight(), now: await now() });
    blind = noted.blind;
    if (noted.changed) {
      listeningSince = await now();
      bus.emit('fleet.changed', {});
    }
    return blind;
  }

  async function pollRow(host: HostRow, signal?: AbortSignal): Promise<Polled> {
    const timeoutMs = deadlineOf(host.everyMs, settings.get('fleet.timeoutMs'));
    const outcome = await probe(host, timeoutMs, signal);
    if (signal?.aborted === true) return { outcome, recorded: undefined, blind: false };
    // This machine is seen without any line.
    const isFar = host.kind !== 'local';
    const cannotSee = isFar && (await isBlind(outcome.kind === 'failed'));
    if (cannotSee && outcome.kind === 'failed') return { outcome, recorded: undefined, blind: true };
    const recorded = await recordOutcome(store, { hostId: host.id, outcome, now: await now() });
    changed(recorded);
    return { outcome, recorded, blind: cannotSee };
  }

  function changed(recorded: Recorded | undefined): void {
    if (recorded === undefined) return;
    if (recorded.news.length > 0) bus.emit('fleet.changed', {});
    if (recorded.asksParent) bus.emit('fleet.due', {});
  }

  async function settleAll(): Promise<void> {
    const at = await now();
    const step = watchClock(at);
    if (listeningSince === undefined || step.kind !== 'on') listeningSince = at;
    const cannotSee = await isBlind(false);
    const changes = await reconcile(store, { now: at, listeningSince, blind: cannotSee });
    if (changes > 0) bus.emit('list.changed', { list: 'fleet.list' });
  }

  /** One at a time, so that no event is written twice. */
  function tell(): Promise<void> {
    const turn = telling.then(async () => {
      if ((await tellNews(store, { put, now })) > 0) bus.emit('list.changed', { list: 'fleet.list' });
    });
    telling = turn.catch(() => undefined);
    return turn;
  }

  async function predict(signal: AbortSignal): Promise<void> {
    const at = await now();
    for (const host of await listHosts(store)) {
      signal.throwIfAborted();
      const disks = host.report?.disks ?? [];
      const isWorth = disks.some(({ used, total, free }) =>
        isWorthPredicting({ used, total: free === null ? total : used + free }),
      );
      if (!host.enabled || (!isWorth && Object.keys(host.memory.filling).length === 0)) continue;
      const points = await diskPoints(store, host.id, new Date(at.getTime() - lookedBackMs));
      const { filling, news } = noteFilling(host.memory.filling, points, {
        name: host.name,
        at,
        mayTell: mutedAt(host, at) === undefined,
      });
      if (news.length === 0 && JSON.stringify(filling) === JSON.stringify(host.memory.filling)) continue;
      changed(
        await rejudge(store, {
          hostId: host.id,
          now: at,
          change: (row) => ({ memory: { ...row.memory, filling }, news }),
        }),
      );
      await nextTurn();
    }
  }

  return {
    worker,
    now,
    async declare() {
      return declareHosts(store, settings.get('fleet.hosts'), { worker, now: await now() });
    },
    async claim(limit, busy) {
      const at = await now();
      const due = limit <= 0 ? [] : await claimDue(store, { worker, limit, now: at, busy });
      const next = await untilNextDue(store, { worker, now: at });
      const restMs = next === null ? longestRestMs : Math.min(longestRestMs, Math.max(leastRestMs, next));
      return { due, restMs };
    },
    async poll(name, signal) {
      const host = await findHost(store, name);
      if (host === undefined || host.kind === 'push') return undefined;
      const known = underWay.get(host.id);
      if (known !== undefined) return known;
      const polling = pollRow(host, signal).finally(() => underWay.delete(host.id));
      underWay.set(host.id, polling);
      return polling;
    },
    async push(name, token, report) {
      const host = await findByToken(store, name, hashOfToken(token));
      if (host === undefined) return 'refused';
      if (!host.enabled) return 'paused';
      changed(
        await recordOutcome(store, {
          hostId: host.id,
          now: await now(),
          outcome: { kind: 'answered', report, tookMs: 0 },
        }),
      );
      return 'taken';
    },
    async settle() {
      await settleAll();
      await tell();
    },
    tell,
    async keep({ signal, mayDelete }) {
      await predict(signal);
      const at = await now();
      const breathe = (): Promise<void> => nextTurn();
      await gatherSpans(store, { now: at, signal, breathe });
      if (await mayDelete())
        await pruneReports(store, { now: at, rawDays: settings.get('fleet.rawDays'), signal, breathe });
    },
  };
}
