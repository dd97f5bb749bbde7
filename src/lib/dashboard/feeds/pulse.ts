import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '../../bus.ts';
import { noticeView } from '../../control/notice.ts';
import type { Status } from '../../control/status.ts';
import { countUnread } from '../../store/chat/conversations.ts';
import { listNotices } from '../../store/notices/notices.ts';
import type { Store } from '../../store/store.ts';
import { countWaiting, lastEndedTasks } from '../../store/tasks/task-page.ts';
import type { Now, NowHistory, RunningTask } from '../protocol/answers.ts';

export interface PulseDeps {
  bus: Pick<Bus, 'on'>;
  store: Pick<Store, 'query'>;
  status: () => Promise<Status>;
  running: () => RunningTask[];
  now?: () => number;
}

/** How the daemon is, now and over the last quarter of an hour. */
export interface Pulse {
  now(): Promise<Now>;
  history(): NowHistory;
  /** To be called twice a second: measures every fifth second for the history. */
  beat(): Promise<void>;
  /** What waits for the owner has changed: the next pulse asks the store. */
  askAgain(): void;
  close(): void;
}

const SECOND = 1000;
const DAY = 24 * 60 * 60 * SECOND;
const sampleMs = 5 * SECOND;
const samples = 180;
/** What only the store knows is asked for again so seldom, or when a task has ended. */
const askStoreMs = 5 * SECOND;
const afterEndMs = SECOND;
/** A pulse waits so long for the store; what comes later is in the next one. */
const storeDeadlineMs = 250;
const lookedBack = 50;
const unreadDays = 30;
const shownNotices = 2;

type Asked = Pick<Now, 'waiting' | 'notices' | 'lately'>;
type Sample = { [Column in Exclude<keyof NowHistory, 'intervalMs'>]: number };

/** See `Pulse`. What the store knows keeps its last value while the store is away. */
export function createPulse({ bus, store, status, running, now = Date.now }: PulseDeps): Pulse {
  const history: Sample[] = [];
  const progress = new Map<number, string>();
  let last = { at: now(), accepted: 0, eventsPerSecond: 0 };
  let asked: Asked = {
    waiting: { wishes: 0, findings: 0, deadLetters: 0, unread: 0, notices: 0 },
    notices: [],
    lately: { lastEnded: null, doneInARow: 0, failedInARow: 0, failedLastHour: 0 },
  };
  let askAgainAt = 0;
  const stops = [
    bus.on('task.progress', ({ taskId, progress: text }) => void progress.set(taskId, text)),
    bus.on('task.state', ({ taskId, state }) => {
      if (state !== 'running') progress.delete(taskId);
    }),
    bus.on('task.ended', () => (askAgainAt = Math.min(askAgainAt, now() + afterEndMs))),
    bus.on('owner.notice', askAgain),
  ];

  function askAgain(): void {
    askAgainAt = 0;
  }

  async function askStore(): Promise<void> {
    if (now() < askAgainAt) return;
    askAgainAt = now() + askStoreMs;
    asked = await readAsked(store, now()).catch(() => asked);
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
    askAgain,
    close() {
      for (const stop of stops) stop();
    },
  };
}

async function readAsked(store: Pick<Store, 'query'>, now: number): Promise<Asked> {
  const waiting = await countWaiting(store);
  const unread = await countUnread(store, { since: new Date(now - unreadDays * DAY) });
  const notices =
    waiting.notices === 0 ? [] : await listNotices(store, { unseen: true, limit: shownNotices });
  const ended = await lastEndedTasks(store, lookedBack);
  const [newest] = ended;
  const inARow = (isOne: (state: string) => boolean): number => {
    const end = ended.findIndex(({ state }) => !isOne(state));
    return end === -1 ? ended.length : end;
  };
  const hasFailed = (state: string): boolean => state === 'failed' || state === 'dead';
  return {
    waiting: { ...waiting, unread },
    notices: notices.map(noticeView),
    lately: {
      lastEnded:
        newest === undefined
          ? null
          : { taskId: newest.id, state: newest.state, at: newest.finished_at.getTime() },
      doneInARow: inARow((state) => state === 'done'),
      failedInARow: inARow(hasFailed),
      failedLastHour: ended.filter(
        ({ state, finished_at: at }) => hasFailed(state) && now - at.getTime() < 60 * 60 * SECOND,
      ).length,
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
