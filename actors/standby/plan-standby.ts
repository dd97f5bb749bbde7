import { fromPromise } from 'xstate';
import type { Planned, PlanRequest } from '../../machines/standby/protocol.ts';
import type { TaskMark } from '../../src/lib/process/marker.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { withRules } from '../../src/tasks/agents/kinds.ts';
import type { AgentResolver } from '../../src/tasks/agents/resolve.ts';
import { placeOfNext } from '../../src/tasks/standby/place.ts';

/** The actor system as far as a plan needs it. */
export interface System {
  get(id: string): unknown;
}

export interface PlanStandbyDeps {
  store: Pick<Store, 'query'>;
  agent: Pick<AgentResolver, 'resolve'>;
  /** UUID of this daemon's journal. */
  worker: string;
  newMark: () => TaskMark;
  /** The setting and the free memory allow one, and the running agents leave room. */
  mayStart: (system: System) => boolean;
  /** True while the event loop is late. */
  isStalled: () => boolean;
  /** True once tasks are served and this one's actor is gone. */
  isThrough: (system: System, taskId: number | null) => boolean;
  sessionIdleDays: () => number;
  now?: () => Date;
}

const soonMs = 500;
const laterMs = 60_000;

/** Decides whether to start an agent ahead, and for what. Rejects with `StoreAwayError` while it cannot know. */
export function createPlanStandby(deps: PlanStandbyDeps) {
  const { store, worker, now = () => new Date() } = deps;
  return fromPromise<Planned, PlanRequest>(async ({ input: { after }, system, signal }) => {
    if (!deps.mayStart(system)) return notNow('it is not wanted, or memory is short', laterMs);
    if (deps.isStalled()) return notNow('the daemon is busy', soonMs);
    if (!deps.isThrough(system, after)) return notNow('a message is being answered', soonMs);
    const found = await deps.agent.resolve();
    if (found.kind !== 'claude') return notNow('the agent is not the CLI', laterMs);
    const sessionIdleDays = deps.sessionIdleDays();
    const task = await placeOfNext(store, { after, worker, now: now(), sessionIdleDays });
    if (typeof task === 'string') return notNow(task, laterMs);
    signal.throwIfAborted();
    const mark = deps.newMark();
    const nothing = { memories: [], degraded: null, withoutMemories: null };
    const request = {
      task: { ...task, attempt: mark.attempt },
      agent: withRules(found),
      ...nothing,
      resume: task.resume,
    };
    return { plan: { mark, request } };
  });
}

function notNow(why: string, againMs: number): Planned {
  return { plan: undefined, why, againMs };
}
