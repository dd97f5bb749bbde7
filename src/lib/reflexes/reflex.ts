import type { WireEvent } from '../wire/parse-line.ts';
import type { Trust } from '../wire/trust.ts';

/** A text to keep as a memory. */
export interface Note {
  content: string;
  kind: 'note' | 'fact' | 'preference' | 'event';
  trust: Trust;
  title?: string | undefined;
  tags?: readonly string[] | undefined;
  /** From 0 to 1; 0.5 where it is left out. */
  importance?: number | undefined;
}

/** The event that a reflex answers. */
export interface ReflexInput {
  /** Journal position of its line. */
  position: number;
  /** Epoch milliseconds. */
  receivedAt: number;
  event: WireEvent;
}

/** The outcome of a reflex. All that it causes in the store happens with the recording of the event, once. */
export interface ReflexAnswer {
  /** The text that the sender gets to read. */
  reply?: string;
  /** A memory to keep. */
  note?: Note;
}

/**
 * Handles an event without an LLM. It may read the store and ask actors for harmless acts, but changes rows only through
 * its answer: after a crash it runs again for an event that was not recorded.
 */
export type Reflex = (input: ReflexInput) => Promise<ReflexAnswer> | ReflexAnswer;

/** Reflexes by name, as routes name them: `reflex:note` is `note`. */
export type Reflexes = Readonly<Record<string, Reflex>>;
