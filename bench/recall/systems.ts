import type { Embedder } from '../../src/memory/embed/embedder.ts';
import type { Recaller } from '../../src/memory/recall/create-recall.ts';
import { searchFullText } from '../../src/memory/recall/full-text.ts';
import { searchNearest } from '../../src/memory/recall/nearest.ts';
import type { CandidateReport } from '../../src/memory/recall/report.ts';
import type { Store } from '../../src/lib/store/store.ts';
import type { Ranking } from './metrics.ts';

/** The ways to find that are held against one another, each a stage more or another one. */
export const systemNames = [
  'full text, ts_rank',
  'full text, BM25',
  'vectors',
  'fused by rank',
  'fused',
  'reranked alone',
  'whole recall',
] as const;
export type SystemName = (typeof systemNames)[number];

export interface SystemDeps {
  store: Store;
  recaller: Recaller;
  embedder: Embedder;
}

const depth = 50;
/** The constant of the paper on reciprocal rank fusion. */
const rrfK = 60;
const { signal } = new AbortController();

/** What each way finds for a question, as `memory:<id>`, best first; no `reranked alone` where no reranker answered. */
export async function rankings(text: string, deps: SystemDeps): Promise<Map<SystemName, Ranking>> {
  const { store, embedder, recaller } = deps;
  const [vector] = await embedder.embed([text], { kind: 'query', signal });
  if (vector === undefined) throw new Error('the embedder gave no vector');
  const report = await recaller.explain({ text, limit: 10, budgetTokens: 100_000, signal });
  const { words, codes } = await searchFullText(store, { text, limit: depth });
  const near = idsOf((await searchNearest(store, { vector, embedder, limit: depth })).hits);
  const found = new Map<SystemName, Ranking>([
    ['full text, ts_rank', await byTsRank(store, text)],
    ['full text, BM25', idsOf(words.hits)],
    ['vectors', near],
    ['fused by rank', byRank([near, idsOf(words.hits), idsOf(codes.hits)])],
    ['fused', idsOf(ordered(report.candidates, ({ fused }) => fused))],
    ['whole recall', idsOf(report.candidates)],
  ]);
  if (report.reranker.model !== null)
    found.set(
      'reranked alone',
      idsOf(ordered(report.candidates, ({ reranked, fused }) => (reranked === null ? fused : 10 + reranked))),
    );
  return found;
}

function idsOf(items: readonly { id: string }[]): string[] {
  return items.map(({ id }) => id);
}

function ordered(
  candidates: readonly CandidateReport[],
  score: (candidate: CandidateReport) => number,
): CandidateReport[] {
  return candidates.toSorted((a, b) => score(b) - score(a));
}

/** Reciprocal rank fusion, for comparison. Source: Cormack, Clarke, Büttcher 2009. */
function byRank(lists: readonly Ranking[]): string[] {
  const scores = new Map<string, number>();
  for (const list of lists)
    for (const [index, id] of list.entries()) scores.set(id, (scores.get(id) ?? 0) + 1 / (rrfK + index + 1));
  return [...scores.keys()].sort((a, b) => (scores.get(b) ?? 0) - (scores.get(a) ?? 0));
}

/** The baseline that BM25 has to beat: the same lexemes, OR-ed, by Postgres' own ranking. */
async function byTsRank(store: Store, text: string): Promise<string[]> {
  const { rows } = await store.query<{ id: number }>({
    name: 'bench-recall-ts-rank',
    text: `WITH question AS MATERIALIZED (
             SELECT string_agg(quote_literal(lexeme), ' | ')::tsquery AS words FROM unnest(memory_terms($1)))
           SELECT id FROM question, memory_embeddings WHERE search @@ words
            ORDER BY ts_rank(search, words) DESC, id DESC LIMIT $2`,
    values: [text, depth],
  });
  return rows.map(({ id }) => `memory:${id}`);
}
