import mittModule from 'mitt';
import type { TranscriptEntry } from './agent/transcript.ts';
import type { EventRecord } from './store/events/record-events.ts';
import type { NoticeOrigin } from './store/notices/notices.ts';

// mitt's type declarations describe its CommonJS build; what an ES module gets is the function itself.
const mitt = mittModule as unknown as typeof mittModule.default;

/** What observers may hear. Facts only: nothing on this bus is a command, and nobody answers. */
export type BusFacts = {
  /** A watched line (see `Watchers`) is in the journal and on disk. */
  'event.accepted': { dedupKey: string };
  /** A line was refused; `sample` is its first 200 characters. */
  'event.rejected': { reason: string; sample: string };
  /** An event met its rule. `reply` is there when a reflex answered. */
  'event.routed': {
    eventId: number;
    route: string;
    rule: string;
    status: string;
    dedupKey?: string;
    reply?: string;
  };
  /** A batch of events stands in the store; once a batch, whatever is in it. */
  'events.recorded': { records: readonly EventRecord[] };
  /** A task row changed state. */
  'task.state': { taskId: number; eventId: number; state: string; reason?: string };
  /** A piece of the reply as the agent writes it. */
  'task.text': { taskId: number; eventId: number; text: string };
  /** What the task is doing, in a few words. */
  'task.progress': { taskId: number; eventId: number; progress: string };
  /** What the task did: entries of its transcript as they come. */
  'task.noted': { taskId: number; eventId: number; attempt: number; entries: readonly TranscriptEntry[] };
  /**
   * A queued message was handed to the running task `into` of its conversation. What that one says is for both; it ends
   * as `steered` with the other's reply, or its `task.state` is `queued` again.
   */
  'task.steered': { taskId: number; eventId: number; into: number };
  /** A task ended for good; `reply` is its whole text. */
  'task.ended': {
    taskId: number;
    eventId: number;
    state: string;
    outcome: string;
    reply: string;
    reason?: string;
  };
  /**
   * A memory stands in the store and waits to be prepared, since it is new or has other words; `by` whose doing that is.
   * Those of events are told of by `events.recorded`.
   */
  'memory.pending': { by: string };
  /** Something the owner should know now; it stands in the store until they have seen it. */
  'owner.notice': { origin: NoticeOrigin; text: string; taskId: number | null };
};

export interface Bus {
  emit<Name extends keyof BusFacts>(name: Name, fact: BusFacts[Name]): void;
  /** Starts listening and returns the function that stops it. */
  on<Name extends keyof BusFacts>(name: Name, listener: (fact: BusFacts[Name]) => void): () => void;
}

/**
 * The observers' bus. A listener that throws is reported to `onListenerError` and hurts nobody else:
 * neither the emitter nor the other listeners notice.
 */
export function createBus(onListenerError: (thrown: unknown) => void): Bus {
  const emitter = mitt<BusFacts>();
  return {
    emit: (name, fact) => emitter.emit(name, fact),
    on(name, listener) {
      const guarded: typeof listener = (fact) => {
        try {
          listener(fact);
        } catch (thrown) {
          onListenerError(thrown);
        }
      };
      emitter.on(name, guarded);
      return () => emitter.off(name, guarded);
    },
  };
}
