import type { Trust } from './trust.ts';

/** Something remembered that may help. */
export interface RecalledMemory {
  /** `memory:<id>` or `task:<id>`. */
  id: string;
  /** `note`, `fact`, … or `task` for a past task's question and answer. */
  kind: string;
  content: string;
  source: string;
  trust: Trust;
  /** The higher the closer; comparable within one recall only. */
  score: number;
  createdAt: Date;
}

interface RecallQuery {
  /** Any text, of any length. */
  text: string;
  /** At most so many memories. */
  limit: number;
  /** At most so many characters of content in all; the last one that begins to fit is cut. */
  budgetChars: number;
  signal: AbortSignal;
}

/** Finds the closest memories, best first; an empty list when nothing is close. */
export type Recall = (query: RecallQuery) => Promise<RecalledMemory[]>;
