import type { Retrieved } from '../../src/memory/recall/retrieve.ts';
import { type Difference, difference, mean } from './bootstrap.ts';
import { type Judgements, ndcgAt } from './metrics.ts';

/** What a weight of the vectors needs to know of one query: each candidate's score without them, and its share by them. */
export interface TuningQuery {
  judgements: Judgements;
  candidates: readonly { id: string; rest: number; share: number }[];
  /** Cosines to memories picked at random that are not relevant to it. */
  unrelated: readonly number[];
}

/** What cross-validation found on some sets for one encoder. */
export interface Tuning {
  /** The weight that is best on all queries, and those of the folds. */
  weight: number;
  ofFolds: number[];
  /** Below it are 95 % of the cosines to what has nothing to do with a query, on the set where they are lowest. */
  unrelatedBelow: number;
  sets: {
    name: string;
    /** nDCG@10 of queries with the weight that was found without them, and how it differs from no vectors at all. */
    heldOut: number;
    gain: Difference;
    byWeight: { weight: number; ndcgAt10: number }[];
  }[];
}

const weights = [0, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1, 1.25, 1.5, 2, 2.5, 3, 4, 5];
const folds = 5;
const unrelatedShare = 0.95;

/** What `tune` needs of what was found for a query; `idOf` gives the set's own ids. */
export function tuningQuery(
  { lists }: Pick<Retrieved, 'lists'>,
  judgements: Judgements,
  idOf: (id: string) => string,
  unrelated: readonly number[],
): TuningQuery {
  const candidates = new Map<string, { id: string; rest: number; share: number }>();
  for (const { retriever, weight, hits } of lists) {
    for (const { id, share = 0 } of hits) {
      const entry = candidates.get(id) ?? { id: idOf(id), rest: 0, share: 0 };
      if (retriever === 'vectors') entry.share = share;
      else entry.rest += weight * share;
      candidates.set(id, entry);
    }
  }
  return { judgements, candidates: [...candidates.values()], unrelated };
}

/**
 * Finds the weight of an encoder's vectors by cross-validation over queries: each fifth of them is judged with the weight
 * that is best for the others, where every set counts alike.
 */
export function tune(sets: readonly { name: string; queries: readonly TuningQuery[] }[]): Tuning {
  const figures = sets.map(({ queries }) =>
    queries.map((query) => weights.map((weight) => ndcgWith(query, weight))),
  );
  const bestWithout = (fold: number | undefined): number => {
    const means = weights.map((_, at) =>
      mean(
        figures.map((queries) =>
          mean(
            queries.filter((_query, index) => index % folds !== fold).map((byWeight) => byWeight[at] ?? 0),
          ),
        ),
      ),
    );
    return means.indexOf(Math.max(...means));
  };
  const places = Array.from({ length: folds }, (_, fold) => bestWithout(fold));
  return {
    weight: weights[bestWithout(undefined)] ?? 0,
    ofFolds: places.map((place) => weights[place] ?? 0),
    unrelatedBelow: Math.min(
      ...sets.map(({ queries }) =>
        quantile(
          queries.flatMap(({ unrelated }) => unrelated),
          unrelatedShare,
        ),
      ),
    ),
    sets: sets.map(({ name }, set) => {
      const queries = figures[set] ?? [];
      const heldOut = queries.map((byWeight, index) => byWeight[places[index % folds] ?? 0] ?? 0);
      return {
        name,
        heldOut: mean(heldOut),
        gain: difference(
          heldOut,
          queries.map(([without]) => without ?? 0),
        ),
        byWeight: weights.map((weight, at) => ({
          weight,
          ndcgAt10: mean(queries.map((byWeight) => byWeight[at] ?? 0)),
        })),
      };
    }),
  };
}

function ndcgWith({ candidates, judgements }: TuningQuery, weight: number): number {
  const ranked = candidates.toSorted((a, b) => b.rest + weight * b.share - (a.rest + weight * a.share));
  return ndcgAt(
    10,
    ranked.map(({ id }) => id),
    judgements,
  );
}

function quantile(figures: readonly number[], share: number): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(share * (figures.length - 1))] ?? NaN;
}
