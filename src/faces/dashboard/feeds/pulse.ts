import type { OutboxFacts } from '../../../outbox/facts.ts';
import type { TaskFacts } from '../../../tasks/facts.ts';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '../../../lib/bus.ts';
import type { ListFacts } from '../../../lib/operations/facts.ts';
import type { Status } from '../../status/status.ts';
import type { Store } from '../../../lib/store/store.ts';
import type { Now, NowHistory, LaneTask } from '../now.ts';
import { askNow, nothingAsked } from './ask-now.ts';
import { SECOND } from '../../../lib/time.ts';

export interface PulseDeps {
  bus: Pick<Bus<TaskFacts & OutboxFacts & ListFacts>, 'on'>;
  store: Pick<Store, 'query'>;
  status: () => Promise<Status>;
  running: () => LaneTask[];
  now?: () => number;
}

/** How the daemon is, now and over the last quarter of an hour. */
export interface Pulse {
  now(): Promise<Now>;
  history(): NowHistory;
  /** To be called twice a second: measures every fifth second for the history. */
  beat(): Promise<void>;
  close(): void;
}

const sampleMs = 5 * SECOND;
const samples = 180;
/** What only the store knows is asked for again so seldom, or when a task has ended. */
const askStoreMs = 5 * SECOND;
const afterEndMs = SECOND;
/** A pulse waits so long for the store; what comes later is in the next one. */
const storeDeadlineMs = 250;

type Sample = { [Column in Exclude<keyof NowHistory, 'intervalMs'>]: number };

/** See `Pulse`. What the store knows keeps its last value while the store is away. */
export function createPulse({ bus, store, status, running, now = Date.now }: PulseDeps): Pulse {
  const history: Sample[] = [];
  const progress = new Map<number, string>();
  let last = { at: now(), accepted: 0, eventsPerSecond: 0 };
  let asked = nothingAsked;
  let askAgainAt = 0;
  const stops = [
    bus.on('task.progress', ({ taskId, progress: text }) => void progress.set(taskId, text)),
    bus.on('task.state', ({ taskId, state }) => {
      if (state !== 'running') progress.delete(taskId);
    }),
    bus.on('task.ended', () => (askAgainAt = Math.min(askAgainAt, now() + afterEndMs))),
    bus.on('owner.told', askAgain),
    bus.on('list.changed', askAgain),
  ];

  function askAgain(): void {
    askAgainAt = 0;
  }

  async function askStore(): Promise<void> {
    if (now() < askAgainAt) return;
    askAgainAt = now() + askStoreMs;
    asked = await askNow(store, now()).catch(() => asked);
  }

  function rateOf(accepted: number): number {
    const at = now();
    const elapsed = at - last.at;
    if (elapsed >= 250) {
      const perSecond = ((accepted - last.accepted) * SECOND) / elapsed;
      last = { at, accepted, eventsPerSecond: Math.max(0, Math.round(perSecond * 10) / 10) };
    }
    return last.eventsPerSecond;
  }

  async function read(): Promise<Now> {
    const asking = Promise.race([askStore(), delay(storeDeadlineMs, undefined, { ref: false })]);
    const [current] = await Promise.all([status(), asking]);
    return {
      at: now(),
      status: current,
      eventsPerSecond: rateOf(current.counts.accepted),
      running: running().map((task) => ({ ...task, progress: progress.get(task.taskId) ?? null })),
      ...asked,
    };
  }

  return {
    now: read,
    history: () => ({ intervalMs: sampleMs, ...columnsOf(history) }),
    async beat() {
      if (now() - (history.at(-1)?.at ?? -Infinity) < sampleMs) return;
      history.push(sampleOf(await read()));
      history.splice(0, history.length - samples);
    },
    close() {
      for (const stop of stops) stop();
    },
  };
}

function sampleOf({ at, status, eventsPerSecond }: Now): Sample {
  return {
    at,
    depth: status.mailbox.depth,
    eventsPerSecond,
    running: status.tasks.running,
    queued: status.tasks.queued,
    loopP99Ms: status.loop.p99Ms,
    todayUsd: status.spend.todayUsd,
    failed: status.counts.failed + status.counts.deadLettered,
  };
}

function columnsOf(history: readonly Sample[]): Omit<NowHistory, 'intervalMs'> {
  const column = (name: keyof Sample): number[] => history.map((sample) => sample[name]);
  return {
    at: column('at'),
    depth: column('depth'),
    eventsPerSecond: column('eventsPerSecond'),
    running: column('running'),
    queued: column('queued'),
    loopP99Ms: column('loopP99Ms'),
    todayUsd: column('todayUsd'),
    failed: column('failed'),
  };
}
