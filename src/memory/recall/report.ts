import type { RecalledMemory } from './recall.ts';
import type { Trust } from '../../lib/wire/trust.ts';

/** The way of one candidate, stage by stage. Scores are comparable within their own stage only. */
export interface CandidateReport {
  id: string;
  kind: string;
  content: string;
  source: string;
  trust: Trust;
  /** ISO 8601. */
  createdAt: string;
  /** The retrievers that know it, with rank (from 1), score, what that added to the fused score, and reason. */
  found: { retriever: string; rank: number; score: number; added: number; reason: string | null }[];
  fused: number;
  /** The reranker's score from 0 to 1; null where it was not asked about it. */
  reranked: number | null;
  /** The factor of age and importance; null where it did not come so far, as below. */
  decay: number | null;
  /** Score by which it was ordered in the end. */
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
  /** Way in which vectors were searched. */
  vectors: 'exact' | 'hnsw' | 'no vectors';
  /** Failures of optional stages; the recall went on without them. */
  problems: string[];
  timings: { stage: string; ms: number }[];
}
