import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, NinjadError } from '../../lib/errors.ts';
import { SECOND } from '../../lib/time.ts';
import type { Notifier } from './notifier.ts';

const againMs = 5 * SECOND;

/** What keeps a daemon from starting until somebody does something about it: the home, its config, its pipe. */
const mendable: ReadonlySet<string> = new Set(['HOME_LOCKED', 'USAGE', 'FIFO_REFUSED', 'NOT_PRIVATE']);

export interface ParkDeps {
  /** Who is told meanwhile; undefined where no systemd listens, and then nothing is waited for. */
  notifier: Notifier | undefined;
  /** Says the reason, once for each. */
  complain: (reason: string) => void;
  /** How long until it is tried again, in milliseconds. Default 5,000. */
  restMs?: number;
}

/**
 * Starts, under systemd until that succeeds: a service that ends again and again is given up (StartLimitBurst), and stays dead when
 * its fault is mended. So it stays up instead, READY with the reason as its STATUS, and tries again. Anything else rejects at once.
 */
export async function startOrPark<Result>(
  start: () => Promise<Result>,
  { notifier, complain, restMs = againMs }: ParkDeps,
): Promise<Result> {
  let said: string | undefined;
  for (;;) {
    try {
      return await start();
    } catch (thrown) {
      if (notifier === undefined || !(thrown instanceof NinjadError) || !mendable.has(thrown.code))
        throw thrown;
      const reason = messageOf(thrown);
      if (reason !== said) complain(reason);
      said = reason;
      const status = `STATUS=cannot start: ${reason.replace(/\s+/g, ' ')}`;
      // Where it is not heard, systemd starts it anew some day.
      await notifier.send(['READY=1', 'WATCHDOG=1', status]).catch(() => undefined);
      await delay(restMs);
    }
  }
}
