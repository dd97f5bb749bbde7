/** Messages of the database child over IPC. */
export type FromPgliteChild =
  { type: 'listening' } | { type: 'failed'; reason: string } | { type: 'flushed' };

/** Messages to it: `flush` puts on the disk what was written so far, while statements go on. */
export interface ToPgliteChild {
  type: 'flush';
}

/** Task of the child, as its one command-line argument in JSON. */
export interface PgliteChildInput {
  /** Folder of the database's files; the lock is `<dataDir>.lock`. */
  dataDir: string;
  /** Folder of the socket `.s.PGSQL.5432`. */
  socketDir: string;
  idleInTransactionMs?: number;
  /** Longest wait for a predecessor to let go of the directory, in milliseconds. */
  lockDeadlineMs: number;
}
