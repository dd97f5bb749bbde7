import type { RecallReport } from './report.ts';

/** What a recall had to do without, in words, one each; none where all stages served. */
export function shortcomingsOf({
  embedder,
  reranker,
  problems,
}: Pick<RecallReport, 'embedder' | 'reranker' | 'problems'>): string[] {
  return [
    ...(embedder.degraded === null ? [] : [`degraded: found by words alone, since ${embedder.degraded}`]),
    ...(reranker.reason === null ? [] : [`not reranked: ${reranker.reason}`]),
    ...problems.map((problem) => `went on without: ${problem}`),
  ];
}
