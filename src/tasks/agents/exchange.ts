/** What was said once in a conversation. */
export interface Exchange {
  said: string;
  answered: string;
}

/** A conversation so far, as a session is told of it that does not hold it. */
export interface Handover {
  /** Oldest first; the earlier they are, the more they are shortened. */
  exchanges: readonly Exchange[];
  /** How many came before these. */
  omitted: number;
}
