import type { Inference } from '../../src/lib/inference/inference.ts';
import { withoutModels } from '../../src/lib/inference/without-models.ts';

/** The models of a run. */
export interface BenchModels {
  inference: Inference;
  remarks: string[];
  stop: () => Promise<void>;
}

/** No models at all. */
export function noModels(): BenchModels {
  return {
    inference: withoutModels,
    remarks: ['No --models: the lexical embedder serves, and nothing is reranked.'],
    stop: () => Promise.resolve(),
  };
}
