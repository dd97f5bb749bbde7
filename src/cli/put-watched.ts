import type { HomePaths } from '../lib/config/paths.ts';
import { NinjadError } from '../lib/errors.ts';
import { eventKey } from '../lib/wire/event-key.ts';
import { type NewEvent, putEvent } from '../lib/wire/put-event.ts';
import { sendUntilHeard } from '../lib/wire/send-until-heard.ts';
import type { WatchMessage } from '../tasks/watch-event.ts';
import { connect } from './connect.ts';

/** What happens to an event from its acceptance on. */
export type HeardMessage = Exclude<WatchMessage, { type: 'watching' }>;

export interface PutOptions {
  /** How long to wait until the event is safe; default 30,000 ms. There is no limit for what comes after. */
  acceptMs?: number;
  signal?: AbortSignal;
}

const usualAcceptMs = 30_000;
const lateMs = 10_000;

/**
 * Writes an event into the pipe as soon as the daemon watches its key, and tells what happens to it from then on. `dedupKey`
 * has to stand in the payload too. Where nothing is heard it is written again every 3 s, the owner is told after 10 s, and
 * past `acceptMs` it throws NOT_ACCEPTED: the event may still come.
 */
export async function* putWatched(
  paths: HomePaths,
  event: NewEvent,
  dedupKey: string,
  { acceptMs = usualAcceptMs, signal }: PutOptions = {},
): AsyncGenerator<HeardMessage, void, undefined> {
  const heard = new AbortController();
  const gaveUp = new AbortController();
  const late = setTimeout(() => sayLate(acceptMs), lateMs);
  const end = setTimeout(() => gaveUp.abort(notAccepted(acceptMs)), acceptMs);
  const stopWaiting = (): void => {
    heard.abort();
    clearTimeout(late);
    clearTimeout(end);
  };
  const either = AbortSignal.any([gaveUp.signal, ...(signal === undefined ? [] : [signal])]);
  try {
    for await (const message of connect(paths).watch(eventKey(event.source, dedupKey), either)) {
      if (message.type === 'watching') {
        const sending = sendUntilHeard(() => putEvent(paths, event), heard.signal);
        sending.catch((thrown: unknown) => gaveUp.abort(thrown));
      } else {
        stopWaiting();
        yield message;
      }
    }
  } catch (thrown) {
    if (!gaveUp.signal.aborted) throw thrown;
  } finally {
    stopWaiting();
  }
  if (gaveUp.signal.aborted) throw gaveUp.signal.reason;
}

function sayLate(acceptMs: number): void {
  process.stderr.write(
    `ninjad: not safe yet: the pipe is full or not read; it is tried for ${acceptMs / 1000} s in all\n`,
  );
}

function notAccepted(acceptMs: number): NinjadError {
  return new NinjadError(
    'NOT_ACCEPTED',
    `not kept within ${acceptMs / 1000} s; it may still be: see ninjad status`,
  );
}
