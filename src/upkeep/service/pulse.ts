import { SECOND } from '../../lib/time.ts';
import type { Notifier } from './notifier.ts';

/** The daemon's word to the service manager that it lives. */
export interface ServicePulse {
  /** The tree is up: from now on `READY` and the watchdog stand for a daemon that answers. */
  noteRunning(): void;
  /** It has begun to stop, and says so. */
  noteStopping(): Promise<void>;
  /** Says what is due; called every second or so. Rejects where it is not well, and then nothing is said. */
  beat(): Promise<void>;
}

export interface ServicePulseDeps {
  notifier: Notifier;
  /** Resolves to one sentence about the daemon, through the door by which everybody asks; rejects where that is shut. */
  ask: () => Promise<string>;
  /** Milliseconds of a clock that never goes back. */
  now?: () => number;
}

/** How much longer a start may take, said again and again while the loop runs: a first start makes a database. */
const extendMs = 120 * SECOND;
const extendEveryMs = 20 * SECOND;
const defaultEveryMs = 60 * SECOND;
/** Fit into one watchdog period, so that one that fails is not the end. */
const beatsPerPeriod = 3;

/**
 * A beat proves that the event loop runs, that the control socket takes a call and that the daemon answers it. An outage of the
 * database, a model or a channel is no reason to be started anew, so it does not count.
 */
export function createServicePulse({
  notifier,
  ask,
  now = () => performance.now(),
}: ServicePulseDeps): ServicePulse {
  const everyMs = notifier.watchdogMs === undefined ? defaultEveryMs : notifier.watchdogMs / beatsPerPeriod;
  let phase: 'starting' | 'running' | 'stopping' = 'starting';
  let isReadySaid = false;
  let saidAt = -Infinity;
  const isDue = (ms: number): boolean => now() - saidAt >= ms;
  const say = async (words: readonly string[]): Promise<void> => {
    await notifier.send(words);
    saidAt = now();
  };
  return {
    noteRunning() {
      phase = 'running';
    },
    async noteStopping() {
      phase = 'stopping';
      await notifier.send(['STOPPING=1', 'STATUS=stopping: running tasks may end first']);
    },
    async beat() {
      if (phase === 'stopping') return;
      if (phase === 'starting') {
        if (isDue(extendEveryMs))
          await say([`EXTEND_TIMEOUT_USEC=${extendMs * 1000}`, 'WATCHDOG=1', 'STATUS=starting']);
        return;
      }
      if (isReadySaid && !isDue(everyMs)) return;
      const status = await ask();
      await say([...(isReadySaid ? [] : ['READY=1']), 'WATCHDOG=1', `STATUS=${status.replace(/\s+/g, ' ')}`]);
      isReadySaid = true;
    },
  };
}
