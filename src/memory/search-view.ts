import type { RecallReport } from './recall/report.ts';

/** Why a candidate was recalled or not: the ranks and scores of each stage that saw it. */
export interface RecallExplanation {
  /** `memory:<id>` or `task:<id>`. */
  id: string;
  kind: string;
  content: string;
  source: string;
  trust: string;
  createdAt: string;
  /** The final score, comparable within one search only. */
  score: number;
  included: boolean;
  /** In words, such as `over the token budget`. */
  why: string;
  stages: Array<{ stage: string; rank: number | null; score: number | null; added?: number }>;
}

/** What a search found, best first; `degraded` says in words why no encoder served. */
export interface MemorySearch {
  items: RecallExplanation[];
  tookMs: number;
  /** The embedder that the question was asked with. */
  embedder: string;
  degraded: string | null;
}

/** The verdict of each stage on each candidate, as columns of equal names. */
export function searchView({ candidates, embedder }: RecallReport, tookMs: number): MemorySearch {
  return {
    items: candidates.map((candidate) => ({
      id: candidate.id,
      kind: candidate.kind,
      content: candidate.content,
      source: candidate.source,
      trust: candidate.trust,
      createdAt: candidate.createdAt,
      score: candidate.score,
      included: candidate.included,
      why: candidate.verdict,
      stages: [
        ...candidate.found.map(({ retriever, rank, score, added }) => ({
          stage: retriever,
          rank,
          score,
          added,
        })),
        { stage: 'fused', rank: null, score: candidate.fused },
        { stage: 'reranked', rank: null, score: candidate.reranked },
        { stage: 'age and importance', rank: null, score: candidate.decay },
      ],
    })),
    tookMs,
    embedder: embedder.model,
    degraded: embedder.degraded,
  };
}
