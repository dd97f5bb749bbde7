import type { DatabaseInput, DatabaseTimings } from './protocol.ts';

/** Memory of the machine, for observers too. */
export interface DatabaseContext {
  kind: DatabaseInput['kind'];
  url: string;
  serverVersion: string | undefined;
  /** Reason for the last outage, in a sentence; stays after it is over. */
  lastError: string | undefined;
  /** The outage is a refusal: its process and its connections are well. */
  refused: boolean;
  /** A probe has had no answer for a while. */
  unanswered: boolean;
  /** When the present state was entered, in epoch milliseconds. */
  since: number;
  /** Failed attempts in a row. */
  attempts: number;
  announced: 'nothing' | 'ready' | 'away';
  maintainedAt: number;
  /** A failure that waiting cannot heal, such as a migration that failed. */
  failure: unknown;
  timings: DatabaseTimings;
  random: () => number;
  now: () => number;
}

const defaultTimings: DatabaseTimings = {
  startDeadlineMs: 90_000,
  backoffMinMs: 250,
  backoffMaxMs: 30_000,
  probeIntervalMs: 5_000,
  probeDeadlineMs: 60_000,
  maintainIntervalMs: 5 * 60_000,
  maintainDeadlineMs: 10 * 60_000,
  closeDeadlineMs: 3_000,
  stopDeadlineMs: 10_000,
  silenceMs: 5_000,
  trialMs: 2_000,
  migrationPatienceMs: 20_000,
  parkedMs: 5 * 60_000,
};

/** The context a database machine starts with. */
export function initialContext({
  kind,
  url,
  timings,
  random = Math.random,
  now = Date.now,
}: DatabaseInput): DatabaseContext {
  return {
    kind,
    url,
    serverVersion: undefined,
    lastError: undefined,
    refused: false,
    unanswered: false,
    since: now(),
    attempts: 0,
    announced: 'nothing',
    maintainedAt: now(),
    failure: undefined,
    timings: { ...defaultTimings, ...timings },
    random,
    now,
  };
}
