import type { TaskFacts } from '../../src/tasks/facts.ts';
import { fromPromise } from 'xstate';
import type { UpkeepReport, UpkeepRequest } from '../../machines/tasks/protocol.ts';
import type { RecordedTask, RecordRequest } from '../../machines/task/protocol.ts';
import { storeAway } from '../../src/lib/store/outage.ts';
import type { HeldOutcomes } from '../../src/tasks/held-outcomes.ts';
import type { Recorder } from './record-task.ts';
import { endMarked, settleAbandoned, type SettledTask } from '../../src/tasks/abandoned.ts';
import type { TaskMark } from '../../src/lib/process/marker.ts';
import type { RetryPolicy } from '../../src/tasks/run/retry.ts';
import type { Bus } from '../../src/lib/bus.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { createLeaseWatch } from '../../src/tasks/lease-watch.ts';
import { type AbandonedOptions, findAbandoned, findFarLeases } from '../../src/tasks/rows/find-abandoned.ts';
import { renewLeases } from '../../src/tasks/rows/renew-leases.ts';
import type { OutboxFacts } from '../../src/outbox/facts.ts';
import type { Deeds } from '../../src/tasks/deeds.ts';
import { tellOwner } from '../../src/tasks/tell-owner.ts';
import { announceDoubt, announceMessages, announceTask } from './announce.ts';

export interface UpkeepDeps {
  store: Store;
  bus: Pick<Bus<TaskFacts & OutboxFacts>, 'emit'>;
  /** The UUID of this daemon's journal. */
  worker: string;
  leaseMs: number;
  /** From TERM to KILL for what a former life has left running, in milliseconds. */
  killGraceMs: () => number;
  retryPolicy: () => RetryPolicy;
  /** Told of each attempt of which nobody is left. */
  onSettled?: (mark: TaskMark) => void;
  /** What attempts were seen to do, and whether a doubt waits for the owner. */
  deeds?: Pick<Deeds, 'read' | 'drop' | 'clear'>;
  waits?: (task: { isGoal: boolean }) => boolean;
  now?: () => Date;
  /** Milliseconds of a clock that cannot jump; for tests. */
  monotonicMs?: () => number;
}

export interface RecoveryDeps extends UpkeepDeps {
  /** Outcomes that a former life could not record, and how they are recorded. Default: none. */
  held?: Pick<HeldOutcomes, 'all'>;
  record?: Recorder;
}

/**
 * The start of a worker: ends every process of a former life, records what that life has held, then settles every row that
 * says it still runs here.
 */
export function createRecoverTasks(deps: RecoveryDeps) {
  return fromPromise<undefined>(async () => {
    await endMarked(deps.worker, deps.killGraceMs());
    await recordHeld(deps);
    await tellOfRestart(deps, await settle(deps, { live: [], lost: 'all' }));
    deps.deeds?.clear();
    return undefined;
  });
}

/** Renews the leases of what runs, and settles rows whose actor failed or whose lease ran out, whoever held it. */
export function createTendTasks(deps: UpkeepDeps) {
  const { store, worker, leaseMs } = deps;
  const watchLeases = createLeaseWatch(leaseMs, deps.monotonicMs);
  return fromPromise<UpkeepReport, UpkeepRequest>(async ({ input: { live, lost } }) => {
    const superseded = await renewLeases(store, live, { worker, leaseMs, now: nowOf(deps) });
    const ids = live.map(({ id }) => id);
    const stale = watchLeases(await findFarLeases(store, { worker, live: ids, now: nowOf(deps), leaseMs }));
    await settle(deps, { live: ids, lost, stale });
    return { superseded, lost };
  });
}

/** The deeds are done: what stands in the way of their record is waited for, and none is settled as if it had been cut off. */
async function recordHeld({ held, record, bus, worker }: RecoveryDeps): Promise<void> {
  for (const request of held?.all() ?? []) {
    const { task } = request;
    if (record === undefined || task.worker !== worker) continue;
    const recorded = await recordAtLast(record, request);
    if (recorded.state !== 'superseded' && recorded.state !== 'queued')
      announceTask(bus, { ...recorded, taskId: task.id, eventId: task.eventId });
  }
}

async function recordAtLast(record: Recorder, request: RecordRequest): Promise<RecordedTask> {
  for (const cut of ['whole', 'plain'] as const) {
    try {
      return await record({ ...request, cut });
    } catch (thrown) {
      if (storeAway(thrown) !== undefined) throw thrown;
    }
  }
  return record({ ...request, cut: 'bare' });
}

async function settle(
  deps: UpkeepDeps,
  rows: Pick<AbandonedOptions, 'live' | 'lost' | 'stale'>,
): Promise<SettledTask[]> {
  const { store, bus, worker } = deps;
  const all: SettledTask[] = [];
  for (const task of await findAbandoned(store, { worker, ...rows, now: nowOf(deps) })) {
    const settled = await settleAbandoned(task, {
      store,
      retryPolicy: deps.retryPolicy(),
      deeds: deps.deeds,
      waits: deps.waits,
      graceMs: deps.killGraceMs(),
      now: nowOf(deps),
    });
    deps.onSettled?.({ worker: task.worker, taskId: task.id, attempt: task.attempt });
    if (settled === undefined) continue;
    all.push(settled);
    const { messages, doubt, ...news } = settled;
    announceMessages(bus, messages, { hostId: task.id, reply: '' });
    announceTask(bus, { ...news, taskId: task.id });
    if (doubt !== undefined) announceDoubt(bus, { taskId: task.id, eventId: task.eventId, doubt });
  }
  return all;
}

/** What a kill of the daemon has cut off is told once, all together. */
async function tellOfRestart(
  { store, bus, ...deps }: RecoveryDeps,
  settled: readonly SettledTask[],
): Promise<void> {
  if (settled.length === 0) return;
  const told = settled.map(({ id, state, doubt }) => `task ${id} ${becameOf(state, doubt)}`);
  const which = told.length === 1 ? 'a task' : `${told.length} tasks`;
  const text = `The daemon was cut off while ${which} ran: ${told.join(', ')}.`;
  const news = {
    origin: 'task',
    text,
    taskId: settled.length === 1 ? (settled[0]?.id ?? null) : null,
  } as const;
  await store.transaction((tx) => tellOwner(tx, { ...news, now: nowOf({ store, bus, ...deps }) }));
  bus.emit('owner.told', news);
}

function becameOf(state: SettledTask['state'], doubt: string | undefined): string {
  if (doubt !== undefined) return 'waits for you';
  if (state === 'queued') return 'is tried again';
  return state === 'dead' ? 'is given up, as it was tried as often as allowed' : `is ${state}`;
}

function nowOf({ now }: UpkeepDeps): Date {
  return now?.() ?? new Date();
}
