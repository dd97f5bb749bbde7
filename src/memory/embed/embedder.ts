import type { EncoderVoice } from '../../lib/inference/embedding-recipe.ts';

/** Something that makes vectors of texts. Only vectors of one `model` may be compared. */
export interface Embedder {
  model: string;
  dimensions: number;
  /** How much its cosines count beside words. */
  voice: EncoderVoice;
  /**
   * One vector for each text, in their order, of unit length, or of length 0 for a text that the encoder does not know; texts
   * may be of any length and content. Rejects with what `Inference.embed` rejects with where the model has gone meanwhile,
   * and when the signal is aborted.
   */
  embed(
    texts: readonly string[],
    options: { kind: 'query' | 'passage'; signal: AbortSignal },
  ): Promise<Float32Array[]>;
}
