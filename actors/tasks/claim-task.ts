import type { TaskFacts } from '../../src/tasks/facts.ts';
import { fromPromise } from 'xstate';
import type { Claim, ClaimRequest } from '../../machines/tasks/protocol.ts';
import type { TaskLimits } from '../../src/tasks/run/limits.ts';
import type { Bus } from '../../src/lib/bus.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { claimTask, type ClaimedTask, untilNextDue } from '../../src/tasks/rows/claim.ts';
import { announceTask } from './announce.ts';

export interface ClaimTaskDeps {
  store: Store;
  bus: Pick<Bus<TaskFacts>, 'emit'>;
  /** The UUID of this daemon's journal. */
  worker: string;
  leaseMs: number;
  /** Asked at each claim, so that limits may differ by category and change at run time. */
  limitsFor: (task: ClaimedTask) => TaskLimits;
  /** How many days a conversation may rest and still go on in its session; asked at each claim. Default 7. */
  sessionIdleDays?: () => number;
  /** Told of each claim before anybody decides about the next one. */
  onClaimed?: (task: ClaimedTask) => void;
  /** True while the event loop is so late that another agent had better not be started. Default: never. */
  isStalled?: () => boolean;
  now?: () => Date;
}

/** The longest wait between two looks into the queue, for rows that came without a wake. */
const maxWaitMs = 30_000;
const stalledMs = 250;

/** Claims the next due task. Rejects with `StoreAwayError` while it cannot. */
export function createClaimTask({
  store,
  bus,
  worker,
  leaseMs,
  limitsFor,
  sessionIdleDays,
  onClaimed,
  isStalled = () => false,
  now = () => new Date(),
}: ClaimTaskDeps) {
  return fromPromise<Claim, ClaimRequest>(async ({ input: { humanOnly, busy } }) => {
    // One instant for both looks, or a row that becomes due between them would be seen by neither.
    const at = now();
    if (isStalled()) return { task: undefined, waitMs: stalledMs };
    const idle = sessionIdleDays === undefined ? {} : { sessionIdleDays: sessionIdleDays() };
    const task = await claimTask(store, { worker, leaseMs, humanOnly, busy, now: at, ...idle });
    if (task === undefined) {
      const waitMs = (await untilNextDue(store, at)) ?? maxWaitMs;
      return { task, waitMs: Math.min(waitMs, maxWaitMs) };
    }
    onClaimed?.(task);
    announceTask(bus, { taskId: task.id, eventId: task.eventId, state: 'running' });
    return { task, limits: limitsFor(task) };
  });
}
