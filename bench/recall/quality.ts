import { trustOf } from '../../src/lib/wire/trust.ts';
import type { LabelledSet, SetQuery } from './beir.ts';
import { fill } from './fill.ts';
import { meanQuality, type Quality, qualityOf } from './metrics.ts';
import { rankings, type SystemDeps, type SystemName, systemNames } from './systems.ts';

/** How good each way to find was, over all queries, by split and by group of queries. NaN where it did not run. */
export interface QualityReport {
  memories: number;
  queries: number;
  overall: Record<SystemName, Quality>;
  bySplit: { split: string; queries: number; ndcgAt10: Record<SystemName, number> }[];
  byGroup: { group: string; queries: number; ndcgAt10: Record<SystemName, number> }[];
}

interface Judged {
  query: SetQuery;
  qualities: Map<SystemName, Quality>;
}

/** Stores the set, asks every query in every way, and compares the rankings with the judgements. */
export async function measureQuality(
  set: LabelledSet,
  deps: SystemDeps,
  onProgress: (done: string) => void,
): Promise<QualityReport> {
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
  const judged: Judged[] = [];
  for (const query of set.queries) {
    const found = await rankings(query.text, deps);
    judged.push({
      query,
      qualities: new Map(
        [...found].map(([name, ids]) => [
          name,
          qualityOf(
            ids.map((id) => idByNumber.get(id) ?? id),
            query.judgements,
          ),
        ]),
      ),
    });
    if (judged.length % 20 === 0) onProgress(`${judged.length} of ${set.queries.length} queries asked`);
  }
  return {
    memories: set.memories.length,
    queries: judged.length,
    overall: forEachSystem((name) => meanOf(judged, name)),
    bySplit: parts(judged, ({ split }) => split).map(([split, part]) => ({ split, ...summary(part) })),
    byGroup: parts(judged, ({ group }) => group).map(([group, part]) => ({ group, ...summary(part) })),
  };
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
