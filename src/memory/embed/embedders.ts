import { embeddingRecipe } from '../../lib/inference/embedding-recipe.ts';
import type { EmbedderState, EncoderRole, Inference } from '../../lib/inference/inference.ts';
import type { Embedder } from './embedder.ts';
import { lexicalEmbedder } from './lexical-embedder.ts';

/** The embedder that questions are asked with now, and why it is not an encoder, if it is not. */
export interface CurrentEmbedder extends Embedder {
  degraded?: string;
}

export interface Embedders {
  current(): CurrentEmbedder;
  /** The encoders that are ready, the configured one first. */
  ready(): Embedder[];
  /** Encoders of which every memory is to have a vector now, in the order in which they are made. */
  wanted(): Embedder[];
  /** Notes the share of the memories, from 0 to 1, that have a vector of a model. */
  noteCoverage(model: string, share: number): void;
  /** True where that was noted since the start. */
  isCoverageKnown(model: string): boolean;
  /** The one that is always there. Every memory has its vector too, so that an outage of the models loses no vectors. */
  lexical: Embedder;
  /** Calls the listener when another embedder may serve, and returns the function that stops it. */
  onChange(listener: () => void): () => void;
}

/** Memories that come while others are embedded keep the share below 1. */
const completeFrom = 0.98;

/**
 * The configured encoder once it knows the memories, the built-in one before that and whenever the other cannot be had, and the
 * lexical embedder where there is neither. Questions are asked with one encoder at a time, the one with more vectors, since
 * vectors of two cannot be compared.
 */
export function createEmbedders(
  inference: Pick<Inference, 'builtIn' | 'embedder' | 'embed' | 'onChange'>,
): Embedders {
  const coverage = new Map<string, number>();
  const shareOf = ({ model }: Embedder): number => coverage.get(model) ?? 0;

  const encoder = (by: EncoderRole, state: EmbedderState): Embedder[] => {
    if (state.state !== 'ready') return [];
    const { model, dimensions } = state;
    const { voice } = embeddingRecipe(model);
    return [
      { model, dimensions, voice, embed: (texts, options) => inference.embed(texts, { ...options, by }) },
    ];
  };
  const configured = () => encoder('embedder', inference.embedder())[0];
  const builtIn = () => encoder('builtIn', inference.builtIn())[0];

  return {
    current() {
      const [own, standIn] = [configured(), builtIn()];
      if (
        own !== undefined &&
        (standIn === undefined || shareOf(own) >= Math.min(shareOf(standIn), completeFrom))
      )
        return own;
      return standIn ?? { ...lexicalEmbedder, degraded: whyNot(inference) };
    },
    ready: () => [configured(), builtIn()].filter((found) => found !== undefined),
    wanted() {
      const [own, standIn] = [configured(), builtIn()];
      if (own !== undefined && (standIn === undefined || shareOf(own) >= completeFrom)) return [own];
      return [standIn, own].filter((found) => found !== undefined);
    },
    noteCoverage: (model, share) => void coverage.set(model, share),
    isCoverageKnown: (model) => coverage.has(model),
    lexical: lexicalEmbedder,
    onChange: (listener) => inference.onChange(listener),
  };
}

function whyNot(inference: Pick<Inference, 'builtIn' | 'embedder'>): string {
  const reason = reasonOf('the embedder', inference.embedder());
  const builtIn = inference.builtIn();
  return builtIn.state === 'degraded' || builtIn.state === 'failed'
    ? `${reason}, and of the built-in encoder: ${builtIn.reason}`
    : reason;
}

function reasonOf(name: string, state: EmbedderState): string {
  switch (state.state) {
    case 'ready':
      return `${name} is ready`;
    case 'loading':
      return state.percent === null
        ? `${name} is loading`
        : `${name} is loading (${Math.floor(state.percent)} %)`;
    case 'off':
      return `the settings switch ${name} off`;
    case 'degraded':
    case 'failed':
      return state.reason;
  }
}
