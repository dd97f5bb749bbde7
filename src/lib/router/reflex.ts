import type { NoteRecord } from '../store/events/record-events.ts';
import type { RoutedEvent } from './routed-event.ts';

/** What a reflex makes of an event. What it causes in the store happens with the recording of the event, once. */
export interface ReflexAnswer {
  /** What the sender gets to read. */
  reply?: string;
  /** A memory to keep. */
  note?: Omit<NoteRecord, 'origin'>;
}

/**
 * Handles an event without an LLM. It may read the store and ask actors for harmless acts, but changes rows only through
 * its answer: after a crash it runs again for an event that was not recorded.
 */
export type Reflex = (routed: RoutedEvent) => Promise<ReflexAnswer> | ReflexAnswer;

/** Reflexes by name, as routes name them: `reflex:note` is `note`. */
export type Reflexes = Readonly<Record<string, Reflex>>;
