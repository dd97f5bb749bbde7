import { findModel } from '../../src/memory/embed/vector-table.ts';
import { cosinesOf } from '../../src/memory/recall/nearest.ts';
import { createStopwatch } from '../../src/memory/recall/stopwatch.ts';
import { type RetrieveDeps, retrieve } from '../../src/memory/recall/retrieve.ts';
import { trustOf } from '../../src/lib/wire/trust.ts';
import type { LabelledSet, SetQuery } from './beir.ts';
import { fill } from './fill.ts';
import { type Difference, difference } from './bootstrap.ts';
import { meanQuality, type Quality, qualityOf } from './metrics.ts';
import { pick, seededRandom } from './random.ts';
import { rankings, type SystemDeps, type SystemName, systemNames } from './systems.ts';
import { type TuningQuery, tuningQuery } from './tune.ts';

/** How good each way to find was, over all queries, by split and by group of queries. NaN where it did not run. */
export interface QualityReport {
  memories: number;
  queries: number;
  overall: Record<SystemName, Quality>;
  /** nDCG@10 of the whole recall less that of another way. */
  gains: { over: SystemName; gain: Difference }[];
  bySplit: { split: string; queries: number; ndcgAt10: Record<SystemName, number> }[];
  byGroup: { group: string; queries: number; ndcgAt10: Record<SystemName, number> }[];
}

/** A measured set, and what an encoder's weight can be found with. */
export interface Measured {
  quality: QualityReport;
  tuning: TuningQuery[];
}

const comparedWith = ['full text, BM25', 'vectors', 'fused by rank', 'fused', 'reranked alone'] as const;
/** Memories picked at random for each query. */
const picked = 50;
const { signal } = new AbortController();

interface Judged {
  query: SetQuery;
  qualities: Map<SystemName, Quality>;
}

/** Stores the set, asks every query in every way, and compares the rankings with the judgements. */
export async function measureQuality(
  set: LabelledSet,
  deps: SystemDeps & Pick<RetrieveDeps, 'embedders'>,
  onProgress: (done: string) => void,
): Promise<Measured> {
  const numbers = await fill(
    deps.store,
    set.memories.map((memory) => ({ ...memory, trust: trustOf(memory.source) })),
    {
      embedder: deps.embedder,
      onProgress: (stored) => onProgress(`${stored} of ${set.memories.length} memories stored`),
    },
  );
  const idByNumber = new Map(
    numbers.map((number, index) => [`memory:${number}`, set.memories[index]?.id ?? '']),
  );
  const idOf = (id: string): string => idByNumber.get(id) ?? id;
  const judged: Judged[] = [];
  const tuning: TuningQuery[] = [];
  for (const query of set.queries) {
    const found = await rankings(query.text, deps);
    judged.push({
      query,
      qualities: new Map([...found].map(([name, ids]) => [name, qualityOf(ids.map(idOf), query.judgements)])),
    });
    const retrieved = await retrieve(deps, { text: query.text, signal }, createStopwatch());
    tuning.push(
      tuningQuery(
        retrieved,
        query.judgements,
        idOf,
        await unrelatedCosines(query, { ...deps, numbers, idOf }),
      ),
    );
    if (judged.length % 20 === 0) onProgress(`${judged.length} of ${set.queries.length} queries asked`);
  }
  const quality = {
    memories: set.memories.length,
    queries: judged.length,
    overall: forEachSystem((name) => meanOf(judged, name)),
    gains: comparedWith
      .filter((over) => ndcgOf(judged, over).length > 0)
      .map((over) => ({ over, gain: difference(ndcgOf(judged, 'whole recall'), ndcgOf(judged, over)) })),
    bySplit: parts(judged, ({ split }) => split).map(([split, part]) => ({ split, ...summary(part) })),
    byGroup: parts(judged, ({ group }) => group).map(([group, part]) => ({ group, ...summary(part) })),
  };
  return { quality, tuning };
}

/** Cosines of a query to memories picked at random that are not relevant to it. */
async function unrelatedCosines(
  { text, judgements }: SetQuery,
  {
    store,
    embedder,
    numbers,
    idOf,
  }: SystemDeps & { numbers: readonly number[]; idOf: (id: string) => string },
): Promise<number[]> {
  const random = seededRandom(judgements.size);
  const ids = Array.from({ length: picked }, () => `memory:${pick(random, numbers)}`);
  const [vector] = await embedder.embed([text], { kind: 'query', signal });
  if (vector === undefined) return [];
  const cosines = await cosinesOf(
    store,
    ids.filter((id) => (judgements.get(idOf(id)) ?? 0) === 0),
    { vector, model: await findModel(store, embedder) },
  );
  return [...cosines.values()];
}

function ndcgOf(judged: readonly Judged[], name: SystemName): number[] {
  return judged.flatMap(({ qualities }) => qualities.get(name)?.ndcgAt10 ?? []);
}

function summary(part: readonly Judged[]): { queries: number; ndcgAt10: Record<SystemName, number> } {
  return { queries: part.length, ndcgAt10: forEachSystem((name) => meanOf(part, name).ndcgAt10) };
}

function meanOf(part: readonly Judged[], name: SystemName): Quality {
  return meanQuality(part.flatMap(({ qualities }) => qualities.get(name) ?? []));
}

function forEachSystem<T>(value: (name: SystemName) => T): Record<SystemName, T> {
  return Object.fromEntries(systemNames.map((name) => [name, value(name)])) as Record<SystemName, T>;
}

function parts(judged: readonly Judged[], key: (query: SetQuery) => string): [string, Judged[]][] {
  const parts = new Map<string, Judged[]>();
  for (const item of judged) parts.set(key(item.query), [...(parts.get(key(item.query)) ?? []), item]);
  return [...parts];
}
