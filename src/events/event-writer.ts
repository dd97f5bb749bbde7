import type { Bus } from '../lib/bus.ts';
import { NinjadError } from '../lib/errors.ts';
import { eventKey } from '../lib/wire/event-key.ts';
import { rest } from '../lib/rest.ts';
import type { WireFacts } from '../lib/wire/facts.ts';
import type { NewEvent } from '../lib/wire/put-event.ts';
import { sendUntilHeard } from '../lib/wire/send-until-heard.ts';
import type { EventFacts } from './facts.ts';

/** Writes events of the daemon's own faces into the pipe, as every writer does. */
export interface EventWriter {
  /**
   * Writes an event and waits until it is safe on the disk; where nothing is heard for 3 s it is written again. `dedupKey` has
   * to stand in the payload too. Rejects with NOT_ACCEPTED after ten seconds: the event may still come, and to write it
   * again does not double it. `onWritten` is called when its line is in the pipe, each time.
   */
  putAccepted(event: NewEvent, dedupKey: string, onWritten?: () => void): Promise<void>;
}

export interface EventWriterDeps {
  bus: Pick<Bus<WireFacts & EventFacts>, 'on'>;
  /** Writes a line into the pipe. */
  putEvent: (event: NewEvent) => Promise<void>;
  /** Asks for `event.accepted` of a key (see `eventKey`); returns the function that stops it. */
  watchKey: (key: string) => () => void;
}

const acceptMs = 10_000;

/** See `EventWriter`. */
export function createEventWriter({ bus, putEvent, watchKey }: EventWriterDeps): EventWriter {
  return {
    async putAccepted(event, dedupKey, onWritten) {
      const key = eventKey(event.source, dedupKey);
      const settled = new AbortController();
      const accepted = new Promise<void>((resolve) => {
        const hear = (fact: { dedupKey?: string }): void => {
          if (fact.dedupKey === key) resolve();
        };
        const stops = [bus.on('event.accepted', hear), bus.on('event.routed', hear)];
        settled.signal.addEventListener('abort', () => stops.forEach((stop) => stop()), { once: true });
      });
      const forget = watchKey(key);
      try {
        const sending = sendUntilHeard(async () => {
          await putEvent(event);
          onWritten?.();
        }, settled.signal);
        await Promise.race([accepted, refuseLate(settled.signal), sending]);
      } finally {
        settled.abort();
        forget();
      }
    },
  };
}

/** Resolves where the wait is over otherwise. */
async function refuseLate(signal: AbortSignal): Promise<void> {
  if (!(await rest(acceptMs, signal))) return;
  throw new NinjadError(
    'NOT_ACCEPTED',
    'the event was written but is not safe yet: the pipe is full or not read; sending it again does not double it',
  );
}
