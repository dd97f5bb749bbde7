import type { TaskFacts } from '../../src/tasks/facts.ts';
import { fromPromise } from 'xstate';
import { type FollowUp, type FollowUpQuery, takeFollowUps } from '../../src/tasks/run/follow-ups.ts';
import type { Bus } from '../../src/lib/bus.ts';
import type { Store } from '../../src/lib/store/store.ts';

export interface TakeFollowUpsDeps {
  store: Store;
  bus: Pick<Bus<TaskFacts>, 'emit'>;
  now?: () => Date;
}

/** Takes the queued messages that a running task is to hear, and tells observers into which task they go. */
export function createTakeFollowUps({ store, bus, now = () => new Date() }: TakeFollowUpsDeps) {
  return fromPromise<FollowUp[], FollowUpQuery>(async ({ input }) => {
    const messages = await takeFollowUps(store, input, now());
    for (const { id: taskId, eventId } of messages) {
      bus.emit('task.steered', { taskId, eventId, into: input.host.id });
    }
    return messages;
  });
}
