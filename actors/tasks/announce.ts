import type { OutboxFacts } from '../../src/outbox/facts.ts';
import { doubtNews } from '../../src/tasks/run/cut-off.ts';
import type { TaskFacts } from '../../src/tasks/facts.ts';
import type { Bus } from '../../src/lib/bus.ts';
import { type SettledMessage, steeredReason } from '../../src/tasks/rows/steered.ts';

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
export function announceTask(bus: Pick<Bus<TaskFacts>, 'emit'>, news: TaskNews): void {
  const { taskId, eventId, state, outcome = state, reply = '' } = news;
  const reason = news.reason === undefined ? {} : { reason: news.reason };
  bus.emit('task.state', { taskId, eventId, state, ...reason });
  if (ended.has(state)) bus.emit('task.ended', { taskId, eventId, state, outcome, reply, ...reason });
}

/** Tells observers what became of the messages that were handed to a task: ended with it, or back in the queue. */
export function announceMessages(
  bus: Pick<Bus<TaskFacts>, 'emit'>,
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

/** Tells observers that a task waits for the owner, and why. */
export function announceDoubt(
  bus: Pick<Bus<TaskFacts & OutboxFacts>, 'emit'>,
  { taskId, eventId, doubt }: { taskId: number; eventId: number; doubt: string },
): void {
  bus.emit('task.progress', { taskId, eventId, progress: doubt });
  bus.emit('owner.told', { origin: 'task', text: doubtNews(taskId, doubt), taskId });
}
