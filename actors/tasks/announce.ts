import type { Bus } from '../../src/lib/bus.ts';
import { type SettledMessage, steeredReason } from '../../src/lib/store/tasks/steered.ts';

/** A task's state as observers hear it. */
export interface TaskNews {
  taskId: number;
  eventId: number;
  state: string;
  outcome?: string;
  reply?: string;
  reason?: string;
}

const ended: ReadonlySet<string> = new Set(['done', 'failed', 'dead', 'cancelled']);

/** Tells observers of a state that stands in the row, and of the end where it is one. */
export function announceTask(bus: Pick<Bus, 'emit'>, news: TaskNews): void {
  const { taskId, eventId, state, outcome = state, reply = '' } = news;
  const reason = news.reason === undefined ? {} : { reason: news.reason };
  bus.emit('task.state', { taskId, eventId, state, ...reason });
  if (ended.has(state)) bus.emit('task.ended', { taskId, eventId, state, outcome, reply, ...reason });
}

/** Tells observers what became of the messages that were handed to a task: ended with it, or back in the queue. */
export function announceMessages(
  bus: Pick<Bus, 'emit'>,
  messages: readonly SettledMessage[],
  { hostId, reply }: { hostId: number; reply: string },
): void {
  for (const { id, eventId, state } of messages) {
    announceTask(bus, {
      taskId: id,
      eventId,
      state,
      ...(state !== 'queued' && {
        outcome: state === 'done' ? 'steered' : state,
        reply,
        reason: steeredReason(hostId),
      }),
    });
  }
}
