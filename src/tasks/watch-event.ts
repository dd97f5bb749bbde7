import type { WireFacts } from '../lib/wire/facts.ts';
import type { EventFacts } from '../events/facts.ts';
import type { TaskFacts } from './facts.ts';
import type { Bus } from '../lib/bus.ts';

/**
 * What happens to one watched event, in this order: `watching` at once, `accepted` when its line is kept,
 * `routed`, then for a task any number of `text` and `progress`, and `ended` last, whatever the route was.
 */
export type WatchMessage =
  | { type: 'watching' }
  | { type: 'accepted' }
  | { type: 'routed'; eventId: number; route: string; rule: string; status: string }
  | { type: 'text'; text: string }
  | { type: 'progress'; progress: string; taskId: number }
  | EndedMessage;

/** The final record of a watched event. */
export interface EndedMessage {
  type: 'ended';
  eventId: number;
  /** Null where no task was needed. */
  taskId: number | null;
  /** `done` where all is well; `failed`, `cancelled`, `dead` or `dropped` where not. */
  state: string;
  outcome: string;
  reply: string;
  reason: string | null;
}

/** Tells `send` what the bus says about the event with this `dedupKey`; returns the function that stops it. */
export function watchEvent(
  bus: Bus<WireFacts & EventFacts & TaskFacts>,
  dedupKey: string,
  send: (message: WatchMessage) => void,
): () => void {
  let eventId: number | undefined;
  /** The task that has taken this message in. */
  let host: number | undefined;
  const concerns = (fact: { eventId: number; taskId: number }) =>
    fact.eventId === eventId || (host !== undefined && fact.taskId === host);
  const stops = [
    bus.on('event.accepted', (fact) => {
      if (fact.dedupKey === dedupKey) send({ type: 'accepted' });
    }),
    bus.on('event.routed', (fact) => {
      if (fact.dedupKey !== dedupKey) return;
      eventId = fact.eventId;
      const { route, rule, status } = fact;
      send({ type: 'routed', eventId, route, rule, status });
      if (status === 'task') return;
      const reason = status === 'done' ? null : (fact.reason ?? `rule ${rule}: ${status}`);
      send({
        type: 'ended',
        eventId,
        taskId: null,
        state: status,
        outcome: status,
        reply: fact.reply ?? '',
        reason,
      });
    }),
    bus.on('task.steered', (fact) => {
      if (fact.eventId !== eventId) return;
      host = fact.into;
      send({ type: 'progress', progress: `handed to task ${host}`, taskId: host });
    }),
    bus.on('task.state', (fact) => {
      if (fact.eventId === eventId && fact.state === 'queued') host = undefined;
    }),
    bus.on('task.text', (fact) => {
      if (concerns(fact)) send({ type: 'text', text: fact.text });
    }),
    bus.on('task.progress', (fact) => {
      if (concerns(fact)) send({ type: 'progress', progress: fact.progress, taskId: fact.taskId });
    }),
    bus.on('task.ended', (fact) => {
      if (fact.eventId !== eventId) return;
      const { taskId, state, outcome, reply } = fact;
      send({ type: 'ended', eventId, taskId, state, outcome, reply, reason: fact.reason ?? null });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
