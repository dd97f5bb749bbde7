import type { TaskFacts } from '../../src/tasks/facts.ts';
import { fromPromise } from 'xstate';
import type { Amendment, AmendmentResult } from '../../machines/tasks/protocol.ts';
import type { Bus } from '../../src/lib/bus.ts';
import type { Store } from '../../src/lib/store/store.ts';
import { cancelQueuedTask, retryEndedTask } from '../../src/tasks/rows/amend.ts';
import { announceTask } from './announce.ts';

export interface AmendTaskDeps {
  store: Store;
  bus: Pick<Bus<TaskFacts>, 'emit'>;
  now?: () => Date;
}

/** Cancels a queued task or queues an ended one again; `changed` is false when the task is in no such state. */
export function createAmendTask({ store, bus, now = () => new Date() }: AmendTaskDeps) {
  return fromPromise<AmendmentResult, Amendment>(async ({ input }) => {
    const amend = input.change === 'cancel' ? cancelQueuedTask : retryEndedTask;
    const task = await amend(store, input.taskId, now());
    if (task !== undefined) {
      announceTask(bus, {
        taskId: task.id,
        eventId: task.eventId,
        state: task.state,
        ...(task.state === 'cancelled' && { reason: 'cancelled' }),
      });
    }
    return { ...input, changed: task !== undefined };
  });
}
