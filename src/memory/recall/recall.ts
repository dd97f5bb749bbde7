import type { Trust } from '../../lib/wire/trust.ts';

/** Something remembered that may help. */
export interface RecalledMemory {
  /** `memory:<id>`. */
  id: string;
  /** `note`, `fact`, … or `task_result` for a past task's question and answer. */
  kind: string;
  content: string;
  source: string;
  trust: Trust;
  /** The higher the closer; comparable within one recall only. */
  score: number;
  createdAt: Date;
}

/** Bounds of what may be recalled; a field left out restricts nothing. */
export interface RecallFilter {
  kinds?: readonly string[];
  trusts?: readonly Trust[];
  /** Whole sources such as `cron:disk`, or what stands before their colon. */
  sources?: readonly string[];
  /** Remembered then or later. */
  since?: Date;
  /** Remembered before. */
  until?: Date;
}

export interface RecallQuery {
  /** Any text, of any length. */
  text: string;
  /** At most so many memories. */
  limit: number;
  /** At most so many tokens of content in all; the last one that begins to fit is cut. */
  budgetTokens: number;
  filter?: RecallFilter;
  /** The event that asks: what was learned from it is in the question already. */
  exceptEvent?: number;
  signal: AbortSignal;
}

/** Result of a recall. */
export interface Recollection {
  /** Best first. */
  memories: RecalledMemory[];
  /** Its shortcomings, in words; null where all stages served as they should. */
  degraded: string | null;
}

/**
 * Finds the closest memories; none when nothing is close. Rejects with `StoreAwayError` while the
 * store cannot be reached, and with the signal's reason when it is aborted.
 */
export type Recall = (query: RecallQuery) => Promise<Recollection>;
