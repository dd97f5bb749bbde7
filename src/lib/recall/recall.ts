import type { Trust } from './trust.ts';

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

/** What may be recalled; what is not said is not restricted. */
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
  signal: AbortSignal;
}

/**
 * Finds the closest memories, best first; an empty list when nothing is close. Rejects with `StoreAwayError` while the
 * store cannot be reached, and with the signal's reason when it is aborted.
 */
export type Recall = (query: RecallQuery) => Promise<RecalledMemory[]>;
