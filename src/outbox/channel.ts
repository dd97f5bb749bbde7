import { NinjadError } from '../lib/errors.ts';

/** What is to be sent. */
export interface OutgoingMessage {
  /** Where to, in the channel's own form. */
  address: string;
  /** An answer to somebody, or news for the owner. */
  kind: 'reply' | 'news';
  /** Never empty. */
  text: string;
  /** How the thing ended that is answered, such as `done` or `failed`; null for news. */
  state: string | null;
  /** What it is about; null where there is no such thing. */
  eventId: number | null;
  taskId: number | null;
  /** Names the thing itself, such as `task:7` and its end; equal for each address that hears of it. */
  subject: string;
  /**
   * Names this delivery to the other side: 20 characters of `[0-9a-f]`, the same at every attempt and after every restart,
   * and no other delivery's. Five more for the number of a part still fit into Discord's nonce.
   */
  token: string;
  /** Counts from 1. */
  attempt: number;
  /** An earlier attempt may have arrived, wholly or in part: look for `token` before sending again, where that is possible. */
  mayBeRepeat: boolean;
  /** The `answer` of the error that ended an earlier attempt, such as the parts that have arrived; null where there is none. */
  lastAnswer: unknown;
}

/**
 * A way out. To add one, write `{ name, repeats, deliver }` and name it in `src/channels.ts`; everything else (keeping,
 * order, retries, pauses, giving up, telling the owner) is done for it.
 *
 * - `deliver` resolves once the other side has taken the message, to what it answered (JSON of at most 10 kB, such as
 *   the ids of the messages made). It rejects with one of the three errors below. Anything else that it throws counts as
 *   a failure without a reason: that message is tried again a limited number of times and then fails for good.
 * - It checks the address itself: an owner's event may name any, but only those that are the channel's business may be written to.
 * - It listens to `signal`. Past `deadlineMs` its promise is forgotten, and the attempt counts as one that may have arrived.
 * - It is called for several addresses at once, up to `concurrency`, and never twice at once for the same address.
 */
export interface Channel {
  /** `[a-z][a-z0-9-]*`, at most 32 characters: what stands before the colon of a `replyTo`. */
  name: string;
  /**
   * Whether the same message may be sent again after an attempt of which nobody knows whether it arrived.
   * `harmless`: the other side or its reader is not troubled. `recognised`: `deliver` finds out by the token.
   * `unwanted`: it is not sent again, but fails and the owner decides.
   */
  repeats: 'harmless' | 'recognised' | 'unwanted';
  deliver(message: OutgoingMessage, signal: AbortSignal): Promise<unknown>;
  /** Longest time for one message, in milliseconds. Default 30 s. */
  deadlineMs?: number;
  /** Addresses served at once. Default 4. */
  concurrency?: number;
  /** The owner's address for news; undefined where it takes none. Asked again at least every minute. */
  ownerAddress?: () => string | undefined;
  /** Starts telling that the other side is back, which ends a pause at once; returns the function that stops it. */
  onBack?: (listener: () => void) => () => void;
}

export const defaultDeadlineMs = 30_000;
export const defaultConcurrency = 4;

export interface UnsentOptions extends ErrorOptions {
  /** False where it is certain that nothing of this attempt arrived. Default true. */
  mayHaveArrived?: boolean;
  /** What the next attempt gets as `lastAnswer`. */
  answer?: unknown;
}

/** The other side cannot be reached. The whole channel pauses, longer each time, until the message is too old. */
export class ChannelAwayError extends NinjadError {
  readonly mayHaveArrived: boolean;
  readonly answer: unknown;

  constructor(message: string, { mayHaveArrived = true, answer, ...options }: UnsentOptions = {}) {
    super('CHANNEL_AWAY', message, options);
    this.mayHaveArrived = mayHaveArrived;
    this.answer = answer;
  }
}

/** The other side wants to be left alone for so long, in milliseconds: this address, or the whole channel (the default). */
export class ChannelBusyError extends NinjadError {
  readonly retryAfterMs: number;
  readonly scope: 'channel' | 'address';
  readonly mayHaveArrived: boolean;
  readonly answer: unknown;

  constructor(
    message: string,
    {
      retryAfterMs,
      scope = 'channel',
      mayHaveArrived = false,
      answer,
      ...options
    }: UnsentOptions & { retryAfterMs: number; scope?: 'channel' | 'address' },
  ) {
    super('CHANNEL_BUSY', message, options);
    this.retryAfterMs = retryAfterMs;
    this.scope = scope;
    this.mayHaveArrived = mayHaveArrived;
    this.answer = answer;
  }
}

/** The other side will never take this message; the sentence is told to the owner. The next one of the address goes on. */
export class MessageRefusedError extends NinjadError {
  constructor(message: string, options?: ErrorOptions) {
    super('MESSAGE_REFUSED', message, options);
  }
}
