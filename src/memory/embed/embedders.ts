import type { EmbedderState, Inference } from '../../lib/inference/inference.ts';
import { embeddingRecipe } from '../../lib/inference/embedding-recipe.ts';
import type { Embedder } from './embedder.ts';
import { lexicalEmbedder } from './lexical-embedder.ts';

/** The embedder that serves now, and why it is not the real one, if it is not. */
export interface CurrentEmbedder extends Embedder {
  degraded?: string;
}

export interface Embedders {
  current(): CurrentEmbedder;
  /** The one that is always there. Every memory has its vector too, so that an outage of the model loses no vectors. */
  lexical: Embedder;
  /** Calls the listener when another embedder may serve, and returns the function that stops it. */
  onChange(listener: () => void): () => void;
}

/** The model's embedder while it is ready, else the lexical one. */
export function createEmbedders(inference: Pick<Inference, 'embedder' | 'embed' | 'onChange'>): Embedders {
  return {
    current() {
      const state = inference.embedder();
      if (state.state !== 'ready') return { ...lexicalEmbedder, degraded: whyNot(state) };
      const { model, dimensions } = state;
      const { voice } = embeddingRecipe(model);
      return { model, dimensions, voice, embed: (texts, options) => inference.embed(texts, options) };
    },
    lexical: lexicalEmbedder,
    onChange: (listener) => inference.onChange(listener),
  };
}

function whyNot(state: Exclude<EmbedderState, { state: 'ready' }>): string {
  switch (state.state) {
    case 'loading':
      return state.percent === null
        ? 'the embedder is loading'
        : `the embedder is loading (${Math.floor(state.percent)} %)`;
    case 'off':
      return 'the settings switch the embedder off';
    case 'degraded':
    case 'failed':
      return state.reason;
  }
}
