import type { ProcessIdentity } from '../../lib/process/identity.ts';
import { standbyTaskId, type TaskMark } from '../../lib/process/marker.ts';
import type { ClaimedTask } from '../rows/claim.ts';
import { type LaunchShape, misfitOf, type ShapePart } from './shape.ts';

/**
 * Why an agent that was started ahead did not serve. `unready`: it never stood. `moved`: the owner was answered elsewhere
 * meanwhile. `lost`: it went after it was claimed.
 */
export type GivenUp =
  ShapePart | 'exited' | 'lost' | 'memory' | 'moved' | 'stale' | 'stopped' | 'unready' | 'unwanted';

/** An agent that was started ahead and has proven that it can be spoken to. */
export interface Standby<Agent> {
  mark: TaskMark;
  agent: Agent;
  identity: ProcessIdentity | undefined;
  shape: LaunchShape;
  /** Milliseconds of the monotonic clock at its spawn. */
  startedAt: number;
  /** True while it has not exited, as far as is known. */
  isAlive: () => boolean;
  /** Lets its MCP server act for a task. */
  bind: (task: ClaimedTask) => void;
  /** Called when nothing of it is left. */
  forget: () => void;
}

/** What the desk tells. */
export type DeskNews = { type: 'claimed'; mark: TaskMark } | { type: 'refused'; mark: TaskMark };

/** How often an agent that was started ahead has served a task, and how often it has not. */
export interface StandbyCounts {
  used: number;
  givenUp: Partial<Record<GivenUp, number>>;
}

/**
 * The one agent that was started ahead, from its proof to the end of the task that claims it. The machine decides when there
 * is one; the task that claims it takes it over, processes and all.
 */
export interface StandbyDesk<Agent> {
  /** A mark that no agent has had. */
  newMark(): TaskMark;
  /** From now on it may be claimed. */
  offer(standby: Standby<Agent>): void;
  /** The marks that were given out and that no task has claimed: there may be processes that carry them. */
  unclaimed(): TaskMark[];
  /** Nobody is left who carries that mark. */
  forgetMark(mark: TaskMark): void;
  /** It may not be claimed any more; false where it was. */
  withdraw(mark: TaskMark): boolean;
  /** The agent for a run of this shape; one that does not fit, or is not what it was, is given up. */
  claim(task: ClaimedTask, shape: () => LaunchShape): Standby<Agent> | undefined;
  /** The mark of the agent that a task has claimed. */
  markOf(task: Pick<ClaimedTask, 'id'>): TaskMark | undefined;
  /** What a task has claimed is at work. */
  heard(task: Pick<ClaimedTask, 'id'>): void;
  /** Nothing is left of what a task has claimed; where it never was at work, it did not serve. */
  release(task: Pick<ClaimedTask, 'id'>): void;
  giveUp(reason: GivenUp): void;
  counts(): StandbyCounts;
  /** Returns the function that ends the listening. */
  onNews(listener: (news: DeskNews) => void): () => void;
}

export interface StandbyDeskDeps {
  /** UUID of this daemon's journal, which its marks begin with. */
  worker: string;
  /** Why it may not stay: asked at each claim. */
  whyNotStay: () => 'unwanted' | 'memory' | undefined;
  /** Milliseconds of a clock that cannot jump. */
  monotonicMs?: () => number;
}

/** Past it an agent that was started ahead is given up: what it has read may be old. */
export const maxStandbyAgeMs = 30 * 60_000;

/** A desk without an agent. */
export function createStandbyDesk<Agent>(deps: StandbyDeskDeps): StandbyDesk<Agent> {
  const { monotonicMs = () => performance.now() } = deps;
  const claimed = new Map<number, Standby<Agent> & { isHeard: boolean }>();
  const listeners = new Set<(news: DeskNews) => void>();
  const counts: { used: number; givenUp: Partial<Record<GivenUp, number>> } = { used: 0, givenUp: {} };
  let marks = 0;
  let unclaimed: TaskMark[] = [];
  let offered: Standby<Agent> | undefined;

  const tell = (news: DeskNews): void => listeners.forEach((listener) => listener(news));
  const whyNot = ({ isAlive, startedAt, shape }: Standby<Agent>, wanted: () => LaunchShape) => {
    if (!isAlive()) return 'exited';
    if (monotonicMs() - startedAt > maxStandbyAgeMs) return 'stale';
    return deps.whyNotStay() ?? misfitOf(shape, wanted());
  };
  const giveUp = (reason: GivenUp): void => {
    counts.givenUp[reason] = (counts.givenUp[reason] ?? 0) + 1;
  };

  const forgetMark = ({ attempt }: TaskMark): void => {
    unclaimed = unclaimed.filter((known) => known.attempt !== attempt);
  };

  return {
    newMark() {
      const mark = { worker: deps.worker, taskId: standbyTaskId, attempt: (marks += 1) };
      unclaimed.push(mark);
      return mark;
    },
    unclaimed: () => [...unclaimed],
    forgetMark,
    offer(standby) {
      offered = standby;
    },
    withdraw(mark) {
      if (offered?.mark.attempt === mark.attempt) offered = undefined;
      return ![...claimed.values()].some((known) => known.mark.attempt === mark.attempt);
    },
    claim(task, shape) {
      const standby = offered;
      if (standby === undefined) return undefined;
      offered = undefined;
      const reason = whyNot(standby, shape);
      if (reason === undefined) {
        claimed.set(task.id, { ...standby, isHeard: false });
        forgetMark(standby.mark);
      } else giveUp(reason);
      tell({ type: reason === undefined ? 'claimed' : 'refused', mark: standby.mark });
      return reason === undefined ? standby : undefined;
    },
    markOf: (task) => claimed.get(task.id)?.mark,
    heard(task) {
      const known = claimed.get(task.id);
      if (known?.isHeard !== false) return;
      known.isHeard = true;
      counts.used += 1;
    },
    release(task) {
      const known = claimed.get(task.id);
      if (known === undefined) return;
      claimed.delete(task.id);
      if (!known.isHeard) giveUp('lost');
      known.forget();
    },
    giveUp,
    counts: () => counts,
    onNews(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
