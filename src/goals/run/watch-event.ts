import type { EventFacts } from '../../events/facts.ts';
import type { Bus } from '../../lib/bus.ts';
import { rest } from '../../lib/rest.ts';
import type { EventProgress } from '../rows/event-end.ts';

/** The states of tasks, as those who cause one hear of them. */
export interface TaskStates {
  'task.state': { eventId: number; state: string };
}

/** Calls `listener` when this event or its task may have ended; returns the function that stops it. */
export type OnProgress = (
  event: { eventKey: string; eventId: number | undefined },
  listener: () => void,
) => () => void;

/** See `OnProgress`. */
export function progressOn(bus: Pick<Bus<EventFacts & TaskStates>, 'on'>): OnProgress {
  return ({ eventKey, eventId }, listener) => {
    const stops = [
      bus.on('event.routed', ({ dedupKey }) => {
        if (dedupKey === eventKey) listener();
      }),
      bus.on('task.state', (fact) => {
        if (fact.eventId === eventId) listener();
      }),
    ];
    return () => stops.forEach((stop) => stop());
  };
}

/** What a look at an event has led to: its answer, or the longest wait until the next look, in milliseconds. */
export type Looked<Answer> = { answer: Answer } | { restMs: number };

export interface WatchedEvent {
  key: string;
  onProgress: OnProgress;
  /** Looks the event up; undefined where it is not recorded yet. */
  find: () => Promise<EventProgress | undefined>;
}

/**
 * Looks at an event that was put into the pipe, and again whenever it or its task may have ended, until `look` has an answer.
 * Resolves to undefined where the signal comes first.
 */
export async function watchEvent<Answer>(
  { key, onProgress, find }: WatchedEvent,
  signal: AbortSignal,
  look: (seen: EventProgress | undefined) => Looked<Answer> | Promise<Looked<Answer>>,
): Promise<Answer | undefined> {
  let eventId: number | undefined;
  while (!signal.aborted) {
    const wake = new AbortController();
    const forget = onProgress({ eventKey: key, eventId }, () => wake.abort());
    try {
      const seen = await find();
      // Until now nobody could tell whose states to listen to.
      if (eventId === undefined && seen !== undefined) wake.abort();
      eventId = seen?.eventId ?? eventId;
      const looked = await look(seen);
      if ('answer' in looked) return looked.answer;
      await rest(looked.restMs, AbortSignal.any([signal, wake.signal]));
    } finally {
      forget();
    }
  }
  return undefined;
}
