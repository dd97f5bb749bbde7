import { fromPromise } from 'xstate';
import { endMarked, settleAbandoned } from '../../src/lib/agent/abandoned.ts';
import type { RetryPolicy } from '../../src/lib/agent/retry.ts';
import type { Bus } from '../../src/lib/bus.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { type AbandonedOptions, findAbandoned } from '../../src/lib/store/tasks/find-abandoned.ts';
import { type LiveTask, renewLeases } from '../../src/lib/store/tasks/renew-leases.ts';
import { announceMessages, announceTask } from './announce.ts';

export interface UpkeepDeps {
  store: Store;
  bus: Pick<Bus, 'emit'>;
  /** The UUID of this daemon's journal. */
  worker: string;
  leaseMs: number;
  /** From TERM to KILL for what a former life has left running, in milliseconds. */
  killGraceMs: () => number;
  retryPolicy: () => RetryPolicy;
  now?: () => Date;
}

/** What upkeep is told: who runs here, and whose actor has failed. */
export interface UpkeepRequest {
  live: LiveTask[];
  lost: number[];
}

/** What upkeep found. */
export interface UpkeepReport {
  /** Tasks that run here and belong to another worker by now. */
  superseded: number[];
  /** The lost ones that it was told of: they are settled. */
  lost: number[];
}

/** The start of a worker: ends every process of a former life, then settles every row that says it still runs here. */
export function createRecoverTasks(deps: UpkeepDeps) {
  return fromPromise<undefined>(async () => {
    await endMarked(deps.worker, deps.killGraceMs());
    await settle(deps, { live: [], lost: 'all' });
    return undefined;
  });
}

/** Renews the leases of what runs, and settles rows whose actor failed or whose lease ran out, whoever held it. */
export function createTendTasks(deps: UpkeepDeps) {
  return fromPromise<UpkeepReport, UpkeepRequest>(async ({ input: { live, lost } }) => {
    const { store, worker, leaseMs } = deps;
    const superseded = await renewLeases(store, live, { worker, leaseMs, now: nowOf(deps) });
    await settle(deps, { live: live.map(({ id }) => id), lost });
    return { superseded, lost };
  });
}

async function settle(
  deps: UpkeepDeps,
  { live, lost }: Pick<AbandonedOptions, 'live' | 'lost'>,
): Promise<void> {
  const { store, bus, worker } = deps;
  for (const task of await findAbandoned(store, { worker, live, lost, now: nowOf(deps) })) {
    const settled = await settleAbandoned(task, {
      store,
      retryPolicy: deps.retryPolicy(),
      graceMs: deps.killGraceMs(),
      now: nowOf(deps),
    });
    if (settled === undefined) continue;
    const { messages, ...news } = settled;
    announceMessages(bus, messages, { hostId: task.id, reply: '' });
    announceTask(bus, { ...news, taskId: task.id });
  }
}

function nowOf({ now }: UpkeepDeps): Date {
  return now?.() ?? new Date();
}
