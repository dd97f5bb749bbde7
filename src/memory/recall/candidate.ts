import type { Trust } from '../../lib/wire/trust.ts';

/** A hit of one retriever: an id of `Candidate` and its closeness, best first. */
export interface Hit {
  id: string;
  /** The higher the closer; comparable within one list only. */
  score: number;
}

/** A list of hits by one retriever. */
export interface HitList {
  /** Such as `full text`, as explanations call it. */
  retriever: string;
  /** Weight of a rank in this list against the same rank in another; 1 for an equal voice. */
  weight: number;
  hits: readonly Hit[];
  /** Words for a hit, such as those that matched. */
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
