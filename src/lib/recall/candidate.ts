import type { Trust } from './trust.ts';

/** What one retriever found: an id of `Candidate` and how close it is, best first. */
export interface Hit {
  id: string;
  /** The higher the closer; comparable within one list only. */
  score: number;
}

/** A list of hits by one retriever. */
export interface HitList {
  /** Such as `full text`, as explanations call it. */
  retriever: string;
  /** How much a rank in this list counts against the same rank in another; 1 for an equal voice. */
  weight: number;
  hits: readonly Hit[];
  /** What to say of a hit, such as the words that matched. */
  reasons?: ReadonlyMap<string, string>;
}

/** A memory that may be recalled. */
export interface Candidate {
  /** `memory:<id>`. */
  id: string;
  kind: string;
  content: string;
  source: string;
  trust: Trust;
  /** 0–1. */
  importance: number;
  pinned: boolean;
  createdAt: Date;
  /** When it was said last. */
  lastSeenAt: Date;
}
