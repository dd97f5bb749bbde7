import type { NamedEntity } from './inference.ts';

/** The three models by what they are for. */
export type ModelRole = 'embedder' | 'reranker' | 'ner';

/** The roles in the order in which they are loaded. */
export const modelRoles: readonly ModelRole[] = ['embedder', 'reranker', 'ner'];

/**
 * Kinds of requests to the models, the most urgent first: vectors of a query, scores of pairs, vectors of passages,
 * names.
 */
export type Work = 'query' | 'pair' | 'passage' | 'names';

/** One thing to compute: a text, or for `pair` the query and a passage. */
export type WorkItem = readonly [string] | readonly [query: string, passage: string];

/** Result for one item. */
export interface WorkResults {
  /** A vector of unit length. */
  query: Float32Array;
  passage: Float32Array;
  /** From 0 to 1. */
  pair: number;
  /** Without the texts, since the asker has them. */
  names: readonly Omit<NamedEntity, 'text'>[];
}

/** Items of one kind that are computed together. */
export interface Batch {
  id: number;
  work: Work;
  items: readonly WorkItem[];
}

/** The model that does a work. */
export function roleOf(work: Work): ModelRole {
  if (work === 'pair') return 'reranker';
  return work === 'names' ? 'ner' : 'embedder';
}
