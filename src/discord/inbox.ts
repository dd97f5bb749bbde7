import { rest } from '../lib/rest.ts';
import { SECOND } from '../lib/time.ts';
import type { MessagePayload } from './payloads.ts';

/**
 * Messages of the owner on their way into the pipe: one after the other, each until the journal has it. Live ones wait while
 * what came before them is being caught up with.
 */
export interface Inbox {
  /** Takes a live message; one that was taken before is passed over. */
  offer(message: MessagePayload): void;
  /** Takes a message that was caught up with, in front of the live ones. `movesCursor`: nothing before it is still to come. */
  catchUp(message: MessagePayload, options: { movesCursor: boolean }): void;
  /** Takes the new words of a message that still waits here; false where it does not. */
  replace(message: MessagePayload): boolean;
  /** Drops a message that still waits here; false where it does not. */
  remove(id: string): boolean;
  /** Lets live messages wait from now on. */
  hold(): void;
  release(): void;
  /** Resolves once nothing but held messages waits; rejects when the inbox is closed before. */
  idle(): Promise<void>;
  close(): void;
}

/** A message on its way: its line is in the pipe, and then the journal has it. */
export interface Admission {
  written: Promise<void>;
  accepted: Promise<void>;
}

export interface InboxDeps {
  /** Brings one message into the pipe. A rejection means that it is brought again, which doubles nothing. */
  admit: (message: MessagePayload) => Admission;
  /** The journal has these messages and all before them, in order. */
  passed: (messages: readonly PassedMessage[]) => Promise<void>;
  /** More came than can be held here: they have to be fetched once the others are through. */
  onBehind: () => void;
  onProblem: (thrown: unknown) => void;
  retryMs?: number;
}

/** Messages held at once. */
const maxWaiting = 5_000;
/** Messages whose lines are in the pipe and not in the journal yet: a crash finds few of a flood outside. */
const maxUnderWay = 50;
const rememberedIds = 10_000;

/** A message that is safe; the cursor may move to it where nothing before it is still to come. */
export interface PassedMessage {
  message: MessagePayload;
  movesCursor: boolean;
}

interface Waiting extends PassedMessage {
  isAccepted?: true;
  /** There once it is under way. */
  accepted?: Promise<void> | undefined;
}

/** See `Inbox`. */
export function createInbox({ admit, passed, onBehind, onProblem, retryMs = 2 * SECOND }: InboxDeps): Inbox {
  let queue: Waiting[] = [];
  let held: Waiting[] = [];
  let isHolding = false;
  let isBehind = false;
  let starting: Promise<void> | undefined;
  let settling: Promise<void> | undefined;
  const seen = new Set<string>();
  const closed = new AbortController();

  const remember = (id: string): boolean => {
    if (seen.has(id)) return false;
    seen.add(id);
    const [oldest] = seen;
    if (seen.size > rememberedIds && oldest !== undefined) seen.delete(oldest);
    return true;
  };
  const nextToStart = (): Waiting | undefined =>
    closed.signal.aborted
      ? undefined
      : queue.slice(0, maxUnderWay).find(({ accepted }) => accepted === undefined);
  /** Writes one line after the other, so that the pipe has them in order, and waits for none to be accepted. */
  const start = async (): Promise<void> => {
    for (let next = nextToStart(); next !== undefined; next = nextToStart()) {
      const { written, accepted } = admit(next.message);
      const started = next;
      started.accepted = accepted.then(() => {
        started.isAccepted = true;
      });
      // Whoever waits for it may do so later.
      started.accepted.catch(() => undefined);
      await Promise.allSettled([Promise.race([written, accepted])]);
    }
    starting = undefined;
  };
  /** The cursor follows in order, whichever is accepted first. */
  const settle = async (): Promise<void> => {
    for (let first = queue[0]; first !== undefined && !closed.signal.aborted; first = queue[0]) {
      begin();
      if (first.accepted === undefined) {
        await starting;
        continue;
      }
      try {
        await first.accepted;
        const end = queue.findIndex(({ isAccepted }) => isAccepted !== true);
        const safe = queue.slice(0, end === -1 ? queue.length : end);
        await passed(safe);
        queue = queue.filter((each) => !safe.includes(each));
      } catch (thrown) {
        onProblem(thrown);
        await rest(retryMs, closed.signal);
        if (first.isAccepted !== true) first.accepted = undefined;
      }
    }
    settling = undefined;
    if (isBehind && !closed.signal.aborted) {
      isBehind = false;
      isHolding = true;
      onBehind();
    }
  };
  const begin = (): void => {
    if (starting === undefined && nextToStart() !== undefined) starting = Promise.resolve().then(start);
    if (settling === undefined && queue.length > 0) settling = Promise.resolve().then(settle);
  };
  const waits = ({ accepted }: Waiting): boolean => accepted === undefined;
  return {
    offer(message) {
      if (isBehind || closed.signal.aborted) return;
      if (queue.length + held.length >= maxWaiting) {
        isBehind = true;
        return;
      }
      if (!remember(message.id)) return;
      (isHolding ? held : queue).push({ message, movesCursor: true });
      begin();
    },
    catchUp(message, { movesCursor }) {
      held = held.filter((each) => each.message.id !== message.id);
      remember(message.id);
      if (queue.some((each) => each.message.id === message.id)) return;
      queue.push({ message, movesCursor });
      begin();
    },
    replace(message) {
      const found = [...queue, ...held].find((each) => waits(each) && each.message.id === message.id);
      if (found === undefined) return false;
      found.message = message;
      return true;
    },
    remove(id) {
      const before = queue.length + held.length;
      const isKept = (each: Waiting): boolean => !waits(each) || each.message.id !== id;
      queue = queue.filter(isKept);
      held = held.filter(isKept);
      return queue.length + held.length < before;
    },
    hold() {
      isHolding = true;
    },
    release() {
      isHolding = false;
      queue = [...queue, ...held];
      held = [];
      begin();
    },
    async idle() {
      while (settling !== undefined) await settling;
      closed.signal.throwIfAborted();
    },
    close: () => closed.abort(new Error('the connection to Discord is closed')),
  };
}
