import type { RecallReport } from './report.ts';

type Served = Pick<RecallReport, 'embedder' | 'reranker' | 'problems'> & { candidates: readonly unknown[] };

/**
 * Names in words each thing that a recall had to do without; none where all stages served. Nothing to rerank is no
 * shortcoming.
 */
export function shortcomingsOf({ embedder, reranker, problems, candidates }: Served): string[] {
  return [
    ...(embedder.degraded === null ? [] : [`degraded: found by words alone, since ${embedder.degraded}`]),
    ...(reranker.reason === null || candidates.length === 0 ? [] : [`not reranked: ${reranker.reason}`]),
    ...problems.map((problem) => `went on without: ${problem}`),
  ];
}
