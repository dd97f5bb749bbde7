/** What the database child says over IPC. */
export type FromPgliteChild = { type: 'listening' } | { type: 'failed'; reason: string };

/** What the child is to serve, as its one command-line argument in JSON. */
export interface PgliteChildInput {
  /** Where the database's files are; the lock is `<dataDir>.lock`. */
  dataDir: string;
  /** Where the socket `.s.PGSQL.5432` goes. */
  socketDir: string;
  idleInTransactionMs?: number;
  /** How long to wait for a predecessor to let go of the directory, in milliseconds. */
  lockDeadlineMs: number;
}
