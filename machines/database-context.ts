/** What the machine needs to know of its database; how to reach it is the actors' business. */
export interface DatabaseInput {
  kind: 'embedded' | 'server';
  /** For people: without the password. */
  url: string;
  timings?: Partial<DatabaseTimings>;
  /** For the jitter, 0 to 1 (default `Math.random`). */
  random?: () => number;
  /** Epoch milliseconds (default `Date.now`). */
  now?: () => number;
}

/** All in milliseconds. */
export interface DatabaseTimings {
  /** How long the embedded database may take to listen. Its first start runs initdb. */
  startDeadlineMs: number;
  /** The first pause before a new attempt; it doubles up to `backoffMaxMs`, less up to half of it at random. */
  backoffMinMs: number;
  backoffMaxMs: number;
  probeIntervalMs: number;
  /** How long `SELECT 1` may take before the database counts as hung. The embedded one runs a statement at a time. */
  probeDeadlineMs: number;
  maintainIntervalMs: number;
  maintainDeadlineMs: number;
  /** How long statements may go on after `child.stop`. */
  closeDeadlineMs: number;
  /** How long the embedded database may take to end before it is killed. */
  stopDeadlineMs: number;
}

/** What the actor that owns the database's process is told. */
export type DatabaseServerCommand =
  { type: 'server.launch' } | { type: 'server.terminate' } | { type: 'server.kill' };

/** What the actors report, and the supervisor's order. */
export type DatabaseEvent =
  | { type: 'server.listening' }
  | { type: 'server.exited'; reason: string }
  | { type: 'store.opened' }
  | { type: 'connection.lost'; reason: string }
  | { type: 'child.stop' };

/** What the machine remembers, and shows. */
export interface DatabaseContext {
  kind: DatabaseInput['kind'];
  url: string;
  serverVersion: string | undefined;
  /** Why it was away last, in a sentence; stays after it came back. */
  lastError: string | undefined;
  /** When the present state was entered, in epoch milliseconds. */
  since: number;
  /** Failed attempts in a row. */
  attempts: number;
  announced: 'nothing' | 'ready' | 'away';
  maintainedAt: number;
  /** What waiting cannot heal, such as a migration that failed. */
  failure: unknown;
  timings: DatabaseTimings;
  random: () => number;
  now: () => number;
}

/** What holds where the input says nothing. */
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
