/**
 * State of one model. `loading`: `percent` (0–100) of its files is there, null while that is unknown. `degraded`: it
 * cannot be had for now and will be tried again, such as a download without a network. `failed`: its files cannot be
 * used, such as a folder that lacks one; they are looked at again after a while. `off`: the settings say so.
 */
export type ModelState =
  | { state: 'loading'; percent: number | null }
  | { state: 'ready'; model: string }
  | { state: 'degraded'; reason: string }
  | { state: 'failed'; reason: string }
  | { state: 'off' };

/**
 * State of the embedder. When it is ready, `model` names one vector space, as `<org>/<name>@<digest of the weights>`:
 * vectors of different ones must not be compared. `dimensions` is the length of each vector.
 */
export type EmbedderState =
  Exclude<ModelState, { state: 'ready' }> | { state: 'ready'; model: string; dimensions: number };

/** The two models that make vectors. */
export type EncoderRole = 'builtIn' | 'embedder';

/** State of each model. */
export interface ModelStates {
  /** The encoder that the build makes: it serves while the embedder is not there. */
  builtIn: EmbedderState;
  embedder: EmbedderState;
  reranker: ModelState;
  ner: ModelState;
}

/** A name in a text, as the NER model saw it: `text.slice(start, end)`, with the model's confidence from 0 to 1. */
export interface NamedEntity {
  kind: 'person' | 'organisation' | 'place' | 'other';
  text: string;
  start: number;
  end: number;
  score: number;
}

/**
 * The models, in a process of their own. The states are cheap snapshots. Every call rejects at once with
 * `InferenceAwayError` while its model is not ready or when the process dies under it, with `InferenceBusyError`
 * where too much waits already, with `InferenceDeadlineError` where it takes too long, and with the signal's reason
 * when it is aborted. Texts may be of any length and content: what is beyond a model's window is not looked at.
 */
export interface Inference {
  builtIn(): EmbedderState;
  embedder(): EmbedderState;
  reranker(): ModelState;
  ner(): ModelState;
  /**
   * One vector for each text, in their order, of unit length, or of length 0 where the model does not know the text. Queries
   * go before passages that wait. `by`: the encoder (default `embedder`).
   */
  embed(
    texts: readonly string[],
    options: { kind: 'query' | 'passage'; by?: EncoderRole; signal: AbortSignal },
  ): Promise<Float32Array[]>;
  /** Score of each passage as an answer to the query, from 0 to 1, in the order of the passages. */
  rerank(query: string, passages: readonly string[], options: { signal: AbortSignal }): Promise<number[]>;
  /** The names in each text, in their order. */
  entities(texts: readonly string[], options: { signal: AbortSignal }): Promise<NamedEntity[][]>;
  /** Calls the listener after each change of a state, and returns the function that stops it. */
  onChange(listener: () => void): () => void;
}
