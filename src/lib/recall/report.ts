import type { RecalledMemory } from './recall.ts';
import type { Trust } from './trust.ts';

/** What became of one candidate, stage by stage. Scores are comparable within their own stage only. */
export interface CandidateReport {
  id: string;
  kind: string;
  content: string;
  source: string;
  trust: Trust;
  /** ISO 8601. */
  createdAt: string;
  /** Who found it, at which rank from 1, with which score, and by what. */
  found: { retriever: string; rank: number; score: number; reason: string | null }[];
  fused: number;
  /** The reranker's score from 0 to 1; null where it was not asked about it. */
  reranked: number | null;
  /** The factor of age and importance; null where it did not come so far, as below. */
  decay: number | null;
  /** What its likeness to better ones took from it. */
  likeness: number | null;
  /** What it was ordered by in the end. */
  score: number;
  included: boolean;
  /** In words, such as `in`, `in, cut to the budget` or `out: duplicate of memory:7`. */
  verdict: string;
}

/** A recall with its reasons. Times are in milliseconds. */
export interface RecallReport {
  memories: RecalledMemory[];
  /** Everything that was looked at, in the final order. */
  candidates: CandidateReport[];
  embedder: { model: string; degraded: string | null };
  /** `model` is null where the fused order was kept; `reason` says why then. */
  reranker: { model: string | null; reason: string | null };
  /** How vectors were searched. */
  vectors: 'exact' | 'hnsw' | 'no vectors';
  /** What an optional stage failed with; the recall went on without it. */
  problems: string[];
  timings: { stage: string; ms: number }[];
}
