import type { OutboxFacts } from '../../../outbox/facts.ts';
import type { TaskFacts } from '../../../tasks/facts.ts';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '../../../lib/bus.ts';
import type { ListFacts } from '../../../lib/operations/facts.ts';
import type { Status } from '../../status/status.ts';
import type { Store } from '../../../lib/store/store.ts';
import { goalKindName } from '../../../goals/job-kind.ts';
import type { KnownJob } from '../../../schedule/agenda.ts';
import type { Now, LaneTask } from '../now.ts';
import { askNow, nothingAsked } from './ask-now.ts';
import { SECOND } from '../../../lib/time.ts';

export interface PulseDeps {
  bus: Pick<Bus<TaskFacts & OutboxFacts & ListFacts>, 'on'>;
  store: Pick<Store, 'query'>;
  status: () => Promise<Status>;
  running: () => LaneTask[];
  /** All that runs by the clock. */
  jobs: () => Iterable<KnownJob>;
  now?: () => number;
}

/** How the daemon is now. */
export interface Pulse {
  now(): Promise<Now>;
  close(): void;
}

const shownGoals = 3;
/** What only the store knows is asked for again so seldom, or when a task has ended. */
const askStoreMs = 5 * SECOND;
const afterEndMs = SECOND;
/** A pulse waits so long for the store; what comes later is in the next one. */
const storeDeadlineMs = 250;

/** See `Pulse`. What the store knows keeps its last value while the store is away. */
export function createPulse({ bus, store, status, running, jobs, now = Date.now }: PulseDeps): Pulse {
  const progress = new Map<number, string>();
  const begun = new Map<number, number>();
  let last = { at: now(), accepted: 0, eventsPerSecond: 0 };
  let asked = nothingAsked;
  let nextGoals: Now['nextGoals'] = [];
  let askAgainAt = 0;
  const stops = [
    bus.on('task.progress', ({ taskId, progress: text }) => void progress.set(taskId, text)),
    bus.on('task.state', ({ taskId, state }) => {
      if (state === 'running') {
        if (!begun.has(taskId)) begun.set(taskId, now());
        return;
      }
      progress.delete(taskId);
      begun.delete(taskId);
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
    nextGoals = goalsIn(jobs());
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
      running: running().map((task) => ({
        ...task,
        progress: progress.get(task.taskId) ?? null,
        since: begun.get(task.taskId) ?? null,
      })),
      nextGoals,
      ...asked,
    };
  }

  return {
    now: read,
    close() {
      for (const stop of stops) stop();
    },
  };
}

/** The goals that are due next; other jobs are the daemon's own. */
function goalsIn(jobs: Iterable<KnownJob>): Now['nextGoals'] {
  return [...jobs]
    .flatMap(({ kind, job, nextAt }) =>
      kind.name === goalKindName && nextAt !== undefined ? [{ name: job.label, at: nextAt }] : [],
    )
    .sort((one, other) => one.at.getTime() - other.at.getTime())
    .slice(0, shownGoals);
}
