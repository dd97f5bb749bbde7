import { messageOf, StoreAwayError } from '../../lib/errors.ts';
import type { Inference } from '../../lib/inference/inference.ts';
import type { CurrentEmbedder, Embedders } from '../embed/embedders.ts';
import type { Store } from '../../lib/store/store.ts';
import { askedTime } from './asked-time.ts';
import type { HitList } from './candidate.ts';
import { type Fused, fuse } from './fuse.ts';
import { searchFullText } from './full-text.ts';
import { mergeHits, searchInTime } from './in-time.ts';
import { loadCandidates } from './load-candidates.ts';
import { type NearestList, searchNearest } from './nearest.ts';
import { rank, type Scored } from './rank.ts';
import type { Recall, RecallQuery } from './recall.ts';
import type { CandidateReport, RecallReport } from './report.ts';
import { type Reranking, rerankWithin } from './rerank.ts';
import { shortcomingsOf } from './shortcomings.ts';
import { withSuccessors } from './successors.ts';
import { createStopwatch, type Stopwatch } from './stopwatch.ts';

/** Something else that knows of memories close to a question, such as a knowledge graph. It may fail; the recall goes on. */
export type Expand = (query: Pick<RecallQuery, 'text' | 'filter' | 'signal'>) => Promise<HitList>;

export interface RecallDeps {
  store: Store;
  embedders: Embedders;
  reranker: Pick<Inference, 'reranker' | 'rerank'>;
  /** Longest wait for the reranker, in milliseconds. */
  rerankDeadlineMs: () => number;
  /** Further lists of hits, besides vectors and full text. */
  expand?: readonly Expand[];
  now?: () => Date;
}

/** Recall with and without its reasons. */
export interface Recaller {
  recall: Recall;
  explain: (query: RecallQuery) => Promise<RecallReport>;
}

const hitsEach = 50;
const rerankedAtMost = 10;
/** Beyond these, fusion has nothing that could still get in. */
const loadedAtMost = 40;
const maxQuestionChars = 8_000;
/**
 * The lexical embedder knows words as full text does, not meaning: a weaker second voice, and silent about what is much
 * less alike than its best. Found with the dev half of bench:recall.
 */
const lexical = { weight: 0.4, minShareOfBest: 0.6 };
const minSimilarity = { lexical: 0.12, model: 0.45 };

/**
 * Recall in stages: the question's vector and its words each find candidates, reciprocal rank fusion merges them, the reranker
 * orders the best ten if it answers in time, age and likeness shift them, the budget cuts. Past tasks are
 * found by the memories that were made of them (src/memory/keep/remember-tasks.ts).
 */
export function createRecall(deps: RecallDeps): Recaller {
  const explain = async (query: RecallQuery): Promise<RecallReport> => {
    query.signal.throwIfAborted();
    const watch = createStopwatch();
    const found = await search(deps, query, watch);
    const { scored, reranking } = await score(deps, query, found.fused, watch);
    query.signal.throwIfAborted();
    const { budgetTokens, limit } = query;
    const ranked = rank(scored, {
      limit,
      budgetTokens,
      minSimilarity: found.embedder.degraded === undefined ? minSimilarity.model : minSimilarity.lexical,
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

interface Found {
  fused: Fused[];
  lists: readonly HitList[];
  embedder: Pick<CurrentEmbedder, 'model' | 'degraded'>;
  vectors: NearestList['how'];
  problems: string[];
}

async function search(deps: RecallDeps, query: RecallQuery, watch: Stopwatch): Promise<Found> {
  const { store } = deps;
  const { filter, signal } = query;
  const text = query.text.slice(0, maxQuestionChars).replaceAll('\0', ' ');
  const problems: string[] = [];
  const asked = await askedTime(text, deps.now?.() ?? new Date());
  const [near, words, then, ...others] = await Promise.all([
    nearest(deps, { text, filter, signal }, watch),
    watch.time('full text', () =>
      searchFullText(store, { text: asked?.rest ?? text, limit: hitsEach, ...(filter && { filter }) }),
    ),
    asked && watch.time('time', () => searchInTime(store, { asked, limit: hitsEach, filter })),
    ...(deps.expand ?? []).map((expand) =>
      attempt(() => expand({ text, signal, ...(filter && { filter }) }), problems),
    ),
  ]);
  const full = mergeHits(words.words, then?.words ?? []);
  // A question for nothing but a time is answered by what there was then.
  if (then !== undefined && asked?.rest === '')
    return {
      fused: fuse([then.time]),
      lists: [then.time],
      embedder: near.embedder,
      vectors: near.list.how,
      problems,
    };
  const lists = [
    near.list,
    full,
    words.codes,
    ...(then ? [then.time] : []),
    ...others.filter((list) => list !== undefined),
  ];
  return { fused: fuse(lists), lists, embedder: near.embedder, vectors: near.list.how, problems };
}

async function nearest(
  deps: RecallDeps,
  { text, filter, signal }: { text: string; filter: RecallQuery['filter']; signal: AbortSignal },
  watch: Stopwatch,
): Promise<{ list: NearestList; embedder: CurrentEmbedder }> {
  const { embedder, vector } = await watch.time('embed', () => embedQuestion(deps.embedders, text, signal));
  if (vector === undefined)
    return { embedder, list: { retriever: 'vectors', weight: 1, hits: [], how: 'no vectors' } };
  const list = await watch.time('vectors', () =>
    searchNearest(deps.store, { vector, embedder, limit: hitsEach, ...(filter && { filter }) }),
  );
  return { embedder, list: embedder.degraded === undefined ? list : asLexical(list) };
}

function asLexical(list: NearestList): NearestList {
  const floor = (list.hits[0]?.score ?? 0) * lexical.minShareOfBest;
  return { ...list, weight: lexical.weight, hits: list.hits.filter((hit) => hit.score >= floor) };
}

/** The lexical embedder takes over where the model goes away in the middle; a text without any word has no vector. */
async function embedQuestion(
  embedders: Embedders,
  text: string,
  signal: AbortSignal,
): Promise<{ embedder: CurrentEmbedder; vector: Float32Array | undefined }> {
  const current = embedders.current();
  if (!/[\p{L}\p{N}]/u.test(text)) return { embedder: current, vector: undefined };
  try {
    const [vector] = await current.embed([text], { kind: 'query', signal });
    return { embedder: current, vector };
  } catch (thrown) {
    signal.throwIfAborted();
    const [vector] = await embedders.lexical.embed([text], { kind: 'query', signal });
    return { embedder: { ...embedders.lexical, degraded: messageOf(thrown) }, vector };
  }
}

async function score(
  { store, reranker, rerankDeadlineMs }: RecallDeps,
  { text, signal, filter }: RecallQuery,
  fused: readonly Fused[],
  watch: Stopwatch,
): Promise<{ scored: Scored[]; reranking: Reranking }> {
  const top = fused.slice(0, loadedAtMost);
  const candidates = await watch.time('load', async () =>
    withSuccessors(
      store,
      await loadCandidates(
        store,
        top.map(({ id }) => id),
      ),
    ),
  );
  const seen = new Set<string>();
  const scored = top.flatMap((entry): Scored[] => {
    const candidate = candidates.get(entry.id);
    if (candidate === undefined || filter?.trusts?.includes(candidate.trust) === false) return [];
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

async function attempt<T>(work: () => Promise<T>, problems: string[]): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof StoreAwayError) throw thrown;
    problems.push(messageOf(thrown));
    return undefined;
  }
}

function candidateReport(
  { candidate, fused, reranked }: Scored,
  {
    decay,
    likeness,
    score,
    included,
    verdict,
  }: Pick<CandidateReport, 'decay' | 'likeness' | 'score' | 'included' | 'verdict'>,
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
    likeness,
    score,
    included,
    verdict,
  };
}
