import { InferenceAwayError } from '../errors.ts';
import type { Inference } from './inference.ts';

const away = (): Promise<never> => Promise.reject(new InferenceAwayError('there are no models here'));

/** The inference with all models switched off: every call rejects with `InferenceAwayError`. */
export const withoutModels: Inference = {
  builtIn: () => ({ state: 'off' }),
  embedder: () => ({ state: 'off' }),
  reranker: () => ({ state: 'off' }),
  ner: () => ({ state: 'off' }),
  embed: away,
  rerank: away,
  entities: away,
  onChange: () => () => undefined,
};
