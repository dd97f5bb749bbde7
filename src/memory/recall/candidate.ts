import type { Trust } from '../../lib/wire/trust.ts';

/** A hit of one retriever: an id of `Candidate` and its closeness, best first. */
export interface Hit {
  id: string;
  /** The higher the closer; comparable within one list only. */
  score: number;
  /** Part of the list's weight that it gets, at most 1; default: its score by the best one of the list. */
  share?: number;
}

/** A list of hits by one retriever. */
export interface HitList {
  /** Such as `full text`, as explanations call it. */
  retriever: string;
  /** What a hit with a share of 1 gets of this list in the fused score; a perfect match of all words gets 1. */
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
