/** Something that makes vectors of texts. Only vectors of one `model` may be compared. */
export interface Embedder {
  model: string;
  dimensions: number;
  /**
   * One vector of unit length for each text, in their order; texts may be of any length and content. Rejects with
   * what `Inference.embed` rejects with where the model has gone meanwhile, and when the signal is aborted.
   */
  embed(
    texts: readonly string[],
    options: { kind: 'query' | 'passage'; signal: AbortSignal },
  ): Promise<Float32Array[]>;
}
