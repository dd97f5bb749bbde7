/** Input of the database; how to reach it is the actors' business. */
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
  /** How long a probe may go unanswered before people are told so. */
  silenceMs: number;
  /** How long nothing may be refused after a refusal before the database counts as ready again. */
  trialMs: number;
  /** How long the start waits for a migration before everything else goes on without the store. */
  migrationPatienceMs: number;
  /** Pause until a schema that does not fit is looked at again. */
  parkedMs: number;
}

/** Commands to the database. */
export type DatabaseCommand =
  /** A statement that has to be written was refused, and not for a fault of its own. */
  { type: 'store.refused'; reason: string };

/** Commands to the actor that owns the database's process. */
export type DatabaseServerCommand =
  { type: 'server.launch' } | { type: 'server.terminate' } | { type: 'server.kill' };

/** News of that process. */
export type DatabaseServerFact = { type: 'server.listening' } | { type: 'server.exited'; reason: string };

/** News of the store that everybody shares. */
export type StoreFact = { type: 'store.opened' } | { type: 'connection.lost'; reason: string };

/** Output of `connect`. */
export interface DatabaseConnection {
  serverVersion: string;
}
