import type { NamedEntity } from './inference.ts';

/** The models by what they are for; `builtIn` is the encoder that the build makes. */
export type ModelRole = 'builtIn' | 'embedder' | 'reranker' | 'ner';

/** The roles in the order in which they are loaded. */
export const modelRoles: readonly ModelRole[] = ['builtIn', 'embedder', 'reranker', 'ner'];

/** Kinds of requests to the models: vectors of a query, scores of pairs, vectors of passages, names. */
export type Work = 'query' | 'pair' | 'passage' | 'names' | 'builtInQuery' | 'builtInPassage';

/** One thing to compute: a text, or for `pair` the query and a passage. */
export type WorkItem = readonly [string] | readonly [query: string, passage: string];

/** Result for one item. */
export interface WorkResults {
  /** A vector of unit length, or of length 0 where the model does not know the text. */
  query: Float32Array;
  passage: Float32Array;
  builtInQuery: Float32Array;
  builtInPassage: Float32Array;
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
  if (work === 'builtInQuery' || work === 'builtInPassage') return 'builtIn';
  return work === 'names' ? 'ner' : 'embedder';
}
