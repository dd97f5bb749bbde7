import { Heap } from './heap.ts';
import type { JobKind } from './job.ts';

/** A claimed fire that is to be started here. */
export interface WaitingFire {
  id: number;
  jobId: string;
  kind: JobKind;
  nominalAt: Date;
  dueAt: Date;
  byHand: boolean;
  timeoutMs: number;
  /** When it started, where it goes on after the end of a daemon. */
  startedAt?: Date;
  /** Open fires of the same job at other daemons; it waits for their end. */
  awaited: ReadonlySet<number>;
}

/**
 * The claimed fires between their claim and their end. One starts when its time has come, no other of its job is running,
 * and its kind has room. Each step costs log n at most.
 */
export interface Line {
  /** Takes a fire unless it is known already. */
  add(fire: WaitingFire): void;
  /** The fires that may start now; from here on they count as running. */
  start(now: Date): WaitingFire[];
  /** A running fire has ended, or will not be waited for any more. */
  end(id: number): void;
  /** The open fires at other daemons that somebody waits for. */
  awaited(): number[];
  /** Those of `ids` have ended. */
  arrive(ids: ReadonlySet<number>): void;
  /** Takes out the fires of a job that have not started, and returns their ids. */
  withdraw(jobId: string): number[];
  /** Lets nobody wait for a time beyond `now`: the clock by which they were to wait has gone back. */
  hasten(now: Date): void;
  running(): Iterable<WaitingFire>;
  /** How many have not started. */
  waiting(): number;
  /** When the next one is due, in epoch milliseconds; infinite where none waits for its time. */
  nextDueAt(): number;
  clear(): void;
}

const defaultConcurrency = 50;

/** See `Line`; empty at first. */
export function createLine(): Line {
  const known = new Map<number, WaitingFire>();
  const running = new Map<number, WaitingFire>();
  const runningJobs = new Map<string, number>();
  const early = new Heap<WaitingFire>(({ dueAt }) => dueAt.getTime());
  /** Due, and waiting for their job; the first of each job is the oldest. */
  const byJob = new Map<string, WaitingFire[]>();
  /** Due, and waiting for room. */
  const byKind = new Map<string, Set<WaitingFire>>();
  const counts = new Map<string, number>();
  let ready: WaitingFire[] = [];

  const isKnown = (fire: WaitingFire): boolean => known.get(fire.id) === fire;
  const beginOrWait = (fire: WaitingFire): void => {
    if (!isKnown(fire)) return;
    if (runningJobs.has(fire.jobId) || fire.awaited.size > 0) {
      append(byJob, fire.jobId, fire);
      return;
    }
    const { name, concurrency = defaultConcurrency } = fire.kind;
    const count = counts.get(name) ?? 0;
    if (count >= concurrency) {
      const others = byKind.get(name) ?? new Set();
      byKind.set(name, others.add(fire));
      return;
    }
    counts.set(name, count + 1);
    runningJobs.set(fire.jobId, fire.id);
    running.set(fire.id, fire);
    ready.push(fire);
  };
  const retryJob = (jobId: string): void => {
    const waiting = byJob.get(jobId);
    if (waiting === undefined) return;
    byJob.delete(jobId);
    for (const fire of waiting) beginOrWait(fire);
  };
  const retryKind = ({ name, concurrency = defaultConcurrency }: JobKind): void => {
    const waiting = byKind.get(name) ?? [];
    for (const fire of waiting) {
      if ((counts.get(name) ?? 0) >= concurrency) return;
      byKind.get(name)?.delete(fire);
      beginOrWait(fire);
    }
  };
  return {
    add(fire) {
      if (known.has(fire.id)) return;
      known.set(fire.id, fire);
      early.push(fire);
    },
    start(now) {
      for (let next = early.peek(); next !== undefined && next.dueAt <= now; next = early.peek()) {
        early.pop();
        beginOrWait(next);
      }
      const started = ready;
      ready = [];
      return started;
    },
    end(id) {
      const fire = running.get(id);
      known.delete(id);
      if (fire === undefined) return;
      running.delete(id);
      if (runningJobs.get(fire.jobId) === id) runningJobs.delete(fire.jobId);
      counts.set(fire.kind.name, (counts.get(fire.kind.name) ?? 1) - 1);
      retryJob(fire.jobId);
      retryKind(fire.kind);
    },
    awaited: () => [...new Set([...byJob.values()].flat().flatMap(({ awaited }) => [...awaited]))],
    arrive(ids) {
      for (const [jobId, fires] of [...byJob])
        if (fires.some(({ awaited }) => [...awaited].some((id) => ids.has(id)))) {
          for (const fire of fires) fire.awaited = new Set([...fire.awaited].filter((id) => !ids.has(id)));
          retryJob(jobId);
        }
    },
    withdraw(jobId) {
      const ids = [...known.values()]
        .filter((fire) => fire.jobId === jobId && !running.has(fire.id))
        .map(({ id }) => id);
      for (const id of ids) known.delete(id);
      byJob.delete(jobId);
      return ids;
    },
    hasten(now) {
      const all: WaitingFire[] = [];
      for (let fire = early.pop(); fire !== undefined; fire = early.pop()) all.push(fire);
      for (const fire of all) {
        if (fire.dueAt > now) fire.dueAt = now;
        early.push(fire);
      }
    },
    running: () => running.values(),
    waiting: () => known.size - running.size,
    nextDueAt() {
      for (let top = early.peek(); top !== undefined && !isKnown(top); top = early.peek()) early.pop();
      return early.peek()?.dueAt.getTime() ?? Infinity;
    },
    clear() {
      for (const map of [known, running, runningJobs, byJob, byKind, counts]) map.clear();
      early.clear();
      ready = [];
    },
  };
}

function append<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
