import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '../bus.ts';
import { NinjadError } from '../errors.ts';
import type { NewEvent } from './put-event.ts';

export interface PutAcceptedDeps {
  bus: Pick<Bus, 'on'>;
  /** Writes an event into the pipe. */
  putEvent: (event: NewEvent) => Promise<void>;
  /** Waits for the acceptance of a line; see `Watchers`. */
  watchKey: (dedupKey: string) => () => void;
}

const acceptMs = 10_000;

/**
 * Writes an event into the pipe and waits until it is safe on the disk. `dedupKey` has to stand in the payload too.
 * Rejects with NOT_ACCEPTED after ten seconds: the event may still come, and to write it again does not double it.
 */
export async function putAccepted(deps: PutAcceptedDeps, event: NewEvent, dedupKey: string): Promise<void> {
  const settled = new AbortController();
  const accepted = new Promise<void>((resolve) => {
    const stopListening = deps.bus.on('event.accepted', (fact) => {
      if (fact.dedupKey === dedupKey) resolve();
    });
    settled.signal.addEventListener('abort', stopListening, { once: true });
  });
  const forget = deps.watchKey(dedupKey);
  try {
    await deps.putEvent(event);
    await Promise.race([accepted, refuseLate(settled.signal)]);
  } finally {
    settled.abort();
    forget();
  }
}

async function refuseLate(signal: AbortSignal): Promise<never> {
  await delay(acceptMs, undefined, { signal });
  throw new NinjadError(
    'NOT_ACCEPTED',
    'the event was written but is not safe yet: the pipe is full or not read; sending it again does not double it',
  );
}
