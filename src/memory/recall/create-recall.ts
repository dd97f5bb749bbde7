import type { Inference } from '../../lib/inference/inference.ts';
import type { HitList } from './candidate.ts';
import { type Fused, fuse } from './fuse.ts';
import { loadCandidates } from './load-candidates.ts';
import { rank, type Scored } from './rank.ts';
import type { Recall, RecallQuery } from './recall.ts';
import type { CandidateReport, RecallReport } from './report.ts';
import { type Reranking, rerankWithin } from './rerank.ts';
import { retrieve, type RetrieveDeps } from './retrieve.ts';
import { shortcomingsOf } from './shortcomings.ts';
import { findSuccessors, withSuccessors } from './successors.ts';
import { createStopwatch, type Stopwatch } from './stopwatch.ts';

export interface RecallDeps extends RetrieveDeps {
  reranker: Pick<Inference, 'reranker' | 'rerank'>;
  /** Longest wait for the reranker, in milliseconds. */
  rerankDeadlineMs: () => number;
}

/** Recall with and without its reasons. */
export interface Recaller {
  recall: Recall;
  explain: (query: RecallQuery) => Promise<RecallReport>;
}

const rerankedAtMost = 10;
/** Beyond these, fusion has nothing that could still get in. */
const loadedAtMost = 40;

/**
 * Recall in stages: the question's vector and its words each find candidates, the sum of their weighted scores orders them,
 * the reranker adds its own for the best ten if it answers in time, age shifts them, the budget cuts. Past tasks are
 * found by the memories that were made of them (src/memory/keep/remember-tasks.ts).
 */
export function createRecall(deps: RecallDeps): Recaller {
  const explain = async (query: RecallQuery): Promise<RecallReport> => {
    query.signal.throwIfAborted();
    const watch = createStopwatch();
    const found = await retrieve(deps, query, watch);
    const { scored, reranking } = await score(deps, query, fuse(found.lists), watch);
    query.signal.throwIfAborted();
    const { budgetTokens, limit } = query;
    const ranked = rank(scored, {
      limit,
      budgetTokens,
      unrelatedBelow: found.embedder.voice.unrelatedBelow,
      now: deps.now?.() ?? new Date(),
    });
    const byId = new Map(scored.map((item) => [item.candidate.id, item]));
    return {
      memories: ranked.flatMap(({ id, included, content, score }) => {
        const item = byId.get(id);
        if (!included || item === undefined) return [];
        const { kind, source, trust, createdAt } = item.candidate;
        return [{ id, kind, content, source, trust, score, createdAt }];
      }),
      candidates: ranked.flatMap((entry) => {
        const item = byId.get(entry.id);
        return item === undefined ? [] : [candidateReport(item, entry, found.lists)];
      }),
      embedder: { model: found.embedder.model, degraded: found.embedder.degraded ?? null },
      reranker: { model: reranking.model ?? null, reason: reranking.reason ?? null },
      vectors: found.vectors,
      problems: found.problems,
      timings: watch.laps(),
    };
  };
  const recall: Recall = async (query) => {
    const report = await explain(query);
    return { memories: report.memories, degraded: shortcomingsOf(report).join('; ') || null };
  };
  return { explain, recall };
}

async function score(
  { store, reranker, rerankDeadlineMs }: RecallDeps,
  { text, signal, filter, exceptEvent }: RecallQuery,
  fused: readonly Fused[],
  watch: Stopwatch,
): Promise<{ scored: Scored[]; reranking: Reranking }> {
  const top = fused.slice(0, loadedAtMost);
  const ids = top.map(({ id }) => id).filter((id) => id.startsWith('memory:'));
  const candidates = await watch.time('load', async () =>
    withSuccessors(
      ...(await Promise.all([loadCandidates(store, ids, exceptEvent), findSuccessors(store, ids)])),
    ),
  );
  const seen = new Set<string>();
  const scored = top.flatMap((entry): Scored[] => {
    const candidate = candidates.get(entry.id);
    if (candidate === undefined || filter?.trusts?.includes(candidate.trust) === false) return [];
    // A memory that stands in the place of another one may have been found itself.
    if (seen.has(candidate.id)) return [];
    seen.add(candidate.id);
    return [{ candidate, fused: entry }];
  });
  const best = scored.slice(0, rerankedAtMost);
  const reranking = await watch.time('rerank', () =>
    rerankWithin(
      text,
      best.map(({ candidate }) => candidate.content),
      { reranker, deadlineMs: rerankDeadlineMs(), signal },
    ),
  );
  for (const [index, reranked] of (reranking.scores ?? []).entries())
    Object.assign(scored[index] as Scored, { reranked });
  return { scored, reranking };
}

function candidateReport(
  { candidate, fused, reranked }: Scored,
  { decay, score, included, verdict }: Pick<CandidateReport, 'decay' | 'score' | 'included' | 'verdict'>,
  lists: readonly HitList[],
): CandidateReport {
  const { id, kind, content, source, trust, createdAt } = candidate;
  return {
    id,
    kind,
    content,
    source,
    trust,
    createdAt: createdAt.toISOString(),
    found: [...fused.found].map(([retriever, place]) => ({
      retriever,
      ...place,
      reason: lists.find((list) => list.retriever === retriever)?.reasons?.get(id) ?? null,
    })),
    fused: fused.score,
    reranked: reranked ?? null,
    decay,
    score,
    included,
    verdict,
  };
}
